import type { GateObserver, Ticket, TicketedConnection } from '../connection/ticket.ts'

/** Whose ticket it is. */
export interface TicketOwner extends GateObserver {
  /** Whether it is still to ask, when its head is written. */
  readonly stillAsks: boolean
  /** Milliseconds the content is held back. */
  readonly waitLimitMs: number
  /** Whether all of the content was accepted. */
  readonly complete: boolean
  inOnePiece(body: unknown): string | Buffer | null
}

/** The ticket of one attempt. */
export class AttemptTicket implements Ticket {
  readonly observer: TicketOwner
  readonly rescueTimeout: number
  headersTimeout = 0
  taken = false
  connection: TicketedConnection | null = null

  constructor(owner: TicketOwner, rescueTimeout: number) {
    this.observer = owner
    this.rescueTimeout = rescueTimeout
  }

  get asks(): boolean {
    return this.observer.stillAsks
  }

  get continueTimeout(): number {
    return this.observer.waitLimitMs
  }

  get ended(): boolean {
    return this.observer.complete
  }

  inOnePiece(body: unknown): string | Buffer | null {
    return this.observer.inOnePiece(body)
  }
}
