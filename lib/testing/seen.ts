import type { IncomingHttpHeaders } from 'node:http'

/** One event on the wire. */
export interface WireEvent {
  /** Milliseconds since the origin started. */
  readonly atMs: number
  /** The number of the connection, from 1. */
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
  /** The number of its connection, from 1. */
  readonly connection: number
  /** The final status of its response; 0 before that. */
  readonly status: number
  /** Bytes of content so far. */
  readonly bytes: number
  /** The sha256 of the whole content, in hex, also of a resumed upload's; empty before that. */
  readonly sha256: string
  /** The content so far, if `keepContent` is set. */
  readonly content: Buffer
}
