import { type Channel, channel } from 'node:diagnostics_channel'
import type { Fields } from '../headers.ts'
import type { ReleasedBy } from '../protocol/expectation.ts'
import type { Source } from './source.ts'

/** The connection that an attempt was written to. */
export interface TicketedConnection {
  readonly isHttp2: boolean
  /** Whether the origin chose HTTP/1.1 by ALPN (RFC 7301). Servers without ALPN choose no protocol. */
  readonly choseHttp1: boolean
  /** Bytes that the system has not accepted yet. */
  readonly queuedBytes: number
  /** Stops reading and writing the content. */
  stop(): void
  /** Closes the connection, or the stream, in the middle of the content. */
  close(): void
  /**
   * Called when the response is complete. Closes an HTTP/1.1 connection when the content is not
   * complete, or when the origin may not have read all of it.
   *
   * @returns whether content is still sent: some origins respond directly after a 100, and then read.
   */
  responseEnded(): boolean
}

/** What does not change during an attempt. */
export interface TicketOptions {
  /** Whether another interceptor of this package below replaces this attempt by its own. */
  readonly isReplaced: boolean
  /** Whether its fields offer a resumable upload to the origin. */
  readonly isResumable: boolean
  /** Whether the caller stated the length of the content. */
  readonly lengthStated: boolean
  /** Whether only HTTP/1.1 is offered, because it is faster for the content: `allowH2: false` comes from this attempt. */
  readonly prefersHttp1: boolean
  /** Whether only HTTP/1.1 is offered, and the origin may not support it. */
  readonly mayNeedHttp2: boolean
  /** Milliseconds to wait for a response after a failed write. */
  readonly rescueTimeout: number
}

/**
 * The interface between an attempt and its connection. The attempt passes it along in the dispatch
 * options. A client whose connections have gates calls `onGated`, and writes the content itself. The
 * methods that begin with `on` report events in order.
 */
export interface Ticket {
  /** The body in the dispatch options. If an interceptor replaces it, the new body is the content. */
  readonly body: unknown
  readonly options: TicketOptions
  /** Whether content was written to a connection. */
  readonly contentBegan: boolean
  /** Whether the request carries the expectation. Called when its head is written. */
  asks(isHttp2: boolean): boolean
  /** Milliseconds for which the content is held back after the head. */
  readonly continueTimeout: number
  /** Bytes of content; `null` when unknown. */
  readonly length: number | null
  /**
   * Whether reading the content runs code of the caller, for which the head does not wait. Other
   * content is written together with the head, unless the head carries the expectation. An origin
   * that refuses a head that arrives alone could parse content that arrives later as a new request.
   */
  readonly callsOut: boolean
  /**
   * A client with gates accepts the attempt.
   *
   * @param headersTimeout is the client's limit for the head of the response, in milliseconds.
   * @param cancelConnect stops connecting when no other request waits for the connection.
   */
  onGated(headersTimeout: number, cancelConnect: () => void): void
  /** undici made this request object, which its channels name. Called only when they have subscribers. */
  onCreate(request: object): void
  /**
   * An interceptor replaced the body.
   *
   * @param headers are those of the request that came with it.
   * @returns the headers to send.
   * @throws TypeError when the new body cannot be sent.
   */
  replaceBody(body: unknown, headers: Fields): Fields
  /** Opens the content. Called when it may be sent, once for each head. */
  open(): Source | Promise<Source>
  /** The head is written; `asked` says whether it carries the expectation. */
  onHead(connection: TicketedConnection, asked: boolean, reusedConnection: boolean): void
  onFirstByte(): void
  /** An interim response was received, including a 100. */
  onInterim(status: number): void
  onRelease(by: ReleasedBy): void
  /** The head of the final response was received; no content is sent if `withheld`. */
  onFinal(status: number, withheld: boolean): void
  onWrite(chunks: readonly Uint8Array[], bytes: number): void
  /** The system accepted this many bytes of content. */
  onContent(bytes: number): void
  /** The system accepted all of the content. */
  onDelivered(): void
  /** The connection was closed before all of the content was accepted. */
  onClosed(): void
  onSourceError(error: unknown): void
  /** A write failed, and the gate waits for a response that may have been sent before. */
  onRescue(error: Error): void
}

/**
 * undici's channel for chunks of content. Its subscribers may keep the chunks, and get undici's own
 * request object with them. undici does not write the content of uploads, so attempts publish it.
 */
export const chunkSent: Channel = channel('undici:request:bodyChunkSent')

export const ticketKey: unique symbol = Symbol('expect-continue.ticket')
