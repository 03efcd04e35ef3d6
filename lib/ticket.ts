import { randomUUID } from 'node:crypto'
import type { ReleasedBy } from './verdict.ts'

/** What a gate tells the owner of a ticket, in the order in which it happens. */
export interface GateObserver {
  /** The head left; `asked` says whether it carried the expectation. */
  onHead(asked: boolean, reusedConnection: boolean): void
  /** The first byte of a response came. */
  onFirstByte(): void
  /** An interim response came, a 100 included. */
  onInterim(status: number): void
  /** The content is let go. */
  onRelease(by: ReleasedBy): void
  /** A final response came; from here on nothing more is sent if `withheld`. */
  onFinal(status: number, withheld: boolean): void
  /** The socket accepted this many bytes of content. */
  onContent(bytes: number): void
  /** A write failed, and the gate looks for a response that may have come before. */
  onRescue(error: Error): void
}

/**
 * One request's pass through a gate. It travels beside the dispatch options; only a pool
 * whose connections have gates turns it into a mark in the head, so that a mark can never
 * reach an origin.
 */
export interface Ticket {
  /** Whether the request is to carry the expectation; read when its head is written. */
  readonly asks: boolean
  /** Milliseconds the content is held back, from the moment the head left. */
  readonly continueTimeout: number
  /** Milliseconds to look for a response after a failed write. */
  readonly rescueTimeout: number
  readonly observer: GateObserver
  /** Milliseconds from the end of the content to the response that the client it came to allows. */
  headersTimeout: number
  /** Bytes that wait in the connection; set by the gate. */
  queued: () => number
  /** The number under which a pool took the ticket; `null` until one did. */
  number: string | null
}

/** The key under which a ticket travels in dispatch options. */
export const ticketKey: unique symbol = Symbol('expect-continue.ticket')

const prefix = randomUUID()
const taken = new Map<string, Ticket>()
let count = 0

/** Takes a ticket, and gives it a number that nobody outside this process can guess. */
export function take(ticket: Ticket): string {
  revoke(ticket)
  count += 1
  const number = `${prefix}-${count.toString(36)}`
  ticket.number = number
  taken.set(number, ticket)
  return number
}

/** Hands over the ticket with this number; a number is good for one head. */
export function redeem(number: string): Ticket | null {
  const ticket = taken.get(number) ?? null
  taken.delete(number)
  return ticket
}

/** Forgets a ticket whose request is over, whether or not it reached a connection. */
export function revoke(ticket: Ticket): void {
  if (ticket.number !== null) taken.delete(ticket.number)
}
