import type { ReleasedBy } from '../protocol/verdict.ts'

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

/** What a gate goes by. */
export interface Pass {
  /** Whether the request is to carry the expectation; read when its head is written. */
  readonly asks: boolean
  /** Milliseconds the content is held back, from the moment the head left. */
  readonly continueTimeout: number
  /** Milliseconds to look for a response after a failed write. */
  readonly rescueTimeout: number
  readonly observer: GateObserver
}

/** The connection that a ticket was used on. */
export interface TicketedConnection {
  /** Bytes that the system has not taken yet. */
  readonly queuedBytes: number
  /** Closes it. */
  retire(): void
}

/**
 * One request's pass through a gate. It travels beside the dispatch options; a client whose
 * connections have gates tells the gate whose head is written next.
 */
export interface Ticket extends Pass {
  /** Whether all of the content was handed over and accepted. */
  readonly ended: boolean
  /** Milliseconds from the end of the content to the response that the client it came to allows. */
  headersTimeout: number
  /** Whether a client took it whose connections have gates. */
  taken: boolean
  /** Set by the gate of an HTTP/1.1 connection. */
  connection: TicketedConnection | null
  /**
   * All of the content, where a body is nothing but a view of it and it is at hand: the gate
   * alone then holds it back and says how much of it was taken. `null` where it has to be read.
   */
  inOnePiece(body: unknown): string | Buffer | null
}

/** The key under which a ticket travels in dispatch options. */
export const ticketKey: unique symbol = Symbol('expect-continue.ticket')
