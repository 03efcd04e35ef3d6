import type { Fields } from '../headers.ts'
import type { ReleasedBy } from '../protocol/expectation.ts'
import type { Source } from './source.ts'

/** The connection that an attempt was written to. */
export interface TicketedConnection {
  readonly isHttp2: boolean
  /** Whether the origin chose HTTP/1.1 when TLS began (ALPN, RFC 7301); one that knows no other may not. */
  readonly choseHttp1: boolean
  /** Bytes that the system has not taken yet. */
  readonly queuedBytes: number
  /** Stops the content. Nothing more of it is read or written. */
  stop(): void
  /** Closes the connection, or the stream, in the middle of the content. */
  close(): void
  /**
   * Called when the response is complete, before undici's handler is told. Closes an HTTP/1.1
   * connection whose content is not complete, or may not have been read by the origin.
   *
   * @returns whether the content goes on: an origin may answer right behind its 100, and read then.
   */
  responseEnded(): boolean
}

/**
 * One attempt, as its connection sees it. It travels beside the dispatch options; a client whose
 * connections have gates takes it and writes its content. The methods that begin with `on` are
 * called in the order in which things happen.
 */
export interface Ticket {
  /** What was handed down as the body. Another body in its place is the content. */
  readonly body: unknown
  /** Whether an interceptor below that asks takes the request over, because nobody asked for this one. */
  readonly yields: boolean
  /** Whether its fields invite the origin to make it an upload that can be resumed. */
  readonly invites?: boolean
  /** Whether the caller stated the length of the content. */
  readonly lengthStated: boolean
  /** Whether HTTP/2 is left out, because that is better for the content, where nothing else may be spoken. */
  readonly mayNeedHttp2: boolean
  /** Whether content was handed to a connection. */
  readonly begun: boolean
  /** Whether the request is to carry the expectation; asked when its head is written. */
  asks(isHttp2: boolean): boolean
  /** Milliseconds the content is held back, from the moment the head left. */
  readonly continueTimeout: number
  /** Milliseconds to look for a response after a failed write. */
  readonly rescueTimeout: number
  /** Bytes of content; `null` when that is not known. */
  readonly length: number | null
  /**
   * Whether the content comes from memory or a file: then the head waits for it where nothing is
   * asked. An origin that refused the head alone could take small content behind it for a request.
   */
  readonly atHand: boolean
  /**
   * A client with gates takes the attempt.
   *
   * @param headersTimeout is how many milliseconds it allows for the response's head.
   * @param cancelConnect ends a connection that is being made for this attempt alone.
   */
  onGated(headersTimeout: number, cancelConnect: () => void): void
  /** undici made a request of it, which its channels name; told only where somebody listens to them. */
  onCreate(request: object): void
  /**
   * An interceptor put another body in the place of the one handed down.
   *
   * @param headers are those of the request that came with it.
   * @returns the headers to send.
   * @throws TypeError when it is nothing that can be sent.
   */
  replaceBody(body: unknown, headers: Fields): Fields
  /** Opens the content. Called after the go-ahead, once for each head. */
  open(): Source | Promise<Source>
  /** The head is written; `asked` says whether it carries the expectation. */
  onHead(connection: TicketedConnection, asked: boolean, reusedConnection: boolean): void
  /** The first byte of a response came. */
  onFirstByte(): void
  /** An interim response came, a 100 included. */
  onInterim(status: number): void
  /** The content is let go. */
  onRelease(by: ReleasedBy): void
  /** A final response came; nothing more is sent if `withheld`. */
  onFinal(status: number, withheld: boolean): void
  /** Bytes of content are handed to the system. */
  onWrite(chunks: readonly Uint8Array[], bytes: number): void
  /** The system took this many bytes of content. */
  onContent(bytes: number): void
  /** The system took all of the content. */
  onDelivered(): void
  /** The connection was closed before all of the content was taken. */
  onClosed(): void
  /** The content could not be read. */
  onSourceError(error: unknown): void
  /** A write failed, and the gate looks for a response that may have come before. */
  onRescue(error: Error): void
}

/** The key of a ticket among dispatch options. */
export const ticketKey: unique symbol = Symbol('expect-continue.ticket')
