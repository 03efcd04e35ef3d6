import type { IncomingHttpHeaders } from 'node:http'

/** One thing that went over the wire. */
export interface WireEvent {
  /** Milliseconds since the origin started. */
  readonly atMs: number
  /** Which connection, counted from 1. */
  readonly connection: number
  /** `'in'` came from the client, `'out'` went to it. */
  readonly direction: 'in' | 'out'
  /** The first line of a head, or `'content'`. */
  readonly what: string
  /** Whether a request's head carried the expectation. */
  readonly asks?: boolean
  /** Bytes of content. */
  readonly bytes?: number
}

/** A request as the origin saw it. */
export interface SeenRequest {
  readonly method: string
  /** The path with its query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Whether its head carried the expectation. */
  readonly asked: boolean
  /** Which connection it came on, counted from 1. */
  readonly connection: number
  /** The final status it was answered with; 0 as long as it was not. */
  readonly status: number
  /** Bytes of content that came so far. */
  readonly bytes: number
  /** The sha256 of the whole content, in hex; empty as long as it is not whole. */
  readonly sha256: string
  /** The content that came so far, where `keepContent` is set. */
  readonly content: Buffer
}
