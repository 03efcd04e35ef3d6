import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { constants, type Http2ServerRequest } from 'node:http2'
import type { Socket } from 'node:net'
import type { Digest, FrameTap } from './frame-tap.ts'

/** Milliseconds after which an origin that stopped reading closes. */
const unreadMs = 400

/** What an origin can do with a request other than answer it, in each version of HTTP. */
export interface Exchange {
  /** Whether all content has arrived. */
  readonly isComplete: boolean
  /** Calls back when all content has arrived. */
  whenComplete(tell: (digest: Digest) => void): void
  /** Sends a RST on the connection. */
  reset(): void
  /** Fails this request only, where the protocol can do so. */
  cancel(): void
  /** Fails the request as unprocessed; returns whether the protocol can express that. */
  refuse(): boolean
  /** Stops reading, and closes after a while. */
  stopReading(): void
  /** Closes the connection after the response; returns the header fields for that. */
  closeAfter(): Record<string, string>
}

/** A request over HTTP/1.1; the parser of Node decides whether it is complete. */
export class MessageExchange implements Exchange {
  readonly #request: IncomingMessage
  readonly #connection: Socket

  /** @param connection the TCP connection below. */
  constructor(request: IncomingMessage, connection: Socket) {
    this.#request = request
    this.#connection = connection
  }

  get isComplete(): boolean {
    return this.#request.complete
  }

  whenComplete(tell: (digest: Digest) => void): void {
    const hash = createHash('sha256')
    let bytes = 0
    this.#request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      hash.update(chunk)
    })
    this.#request.on('end', () => {
      if (this.isComplete) tell({ bytes, sha256: hash.digest('hex') })
    })
  }

  reset(): void {
    this.#connection.resetAndDestroy()
  }

  cancel(): void {
    this.reset()
  }

  refuse(): boolean {
    this.reset()
    return false
  }

  stopReading(): void {
    const { socket } = this.#request
    this.#request.pause()
    // Node resumes the socket once, because of the data listener.
    setImmediate(() => socket.pause())
    setTimeout(() => socket.destroy(), unreadMs)
  }

  closeAfter(): Record<string, string> {
    return { connection: 'close' }
  }
}

/** A request over HTTP/2; the frames decide whether it is complete. */
export class StreamExchange implements Exchange {
  readonly #request: Http2ServerRequest
  readonly #tap: FrameTap
  readonly #id: number

  constructor(request: Http2ServerRequest, tap: FrameTap) {
    this.#request = request
    this.#tap = tap
    this.#id = request.stream.id ?? 0
  }

  get isComplete(): boolean {
    return this.#tap.isComplete(this.#id)
  }

  whenComplete(tell: (digest: Digest) => void): void {
    this.#tap.whenComplete(this.#id, tell)
  }

  reset(): void {
    this.#tap.connection.resetAndDestroy()
  }

  cancel(): void {
    this.#request.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }

  refuse(): boolean {
    this.#request.stream.close(constants.NGHTTP2_REFUSED_STREAM)
    return true
  }

  stopReading(): void {
    const { stream } = this.#request
    this.#request.pause()
    setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), unreadMs)
  }

  closeAfter(): Record<string, string> {
    const { stream } = this.#request
    stream.once('close', () => stream.session?.close())
    return {}
  }
}
