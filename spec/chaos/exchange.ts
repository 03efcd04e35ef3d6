import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { constants, type Http2ServerRequest } from 'node:http2'
import type { Socket } from 'node:net'
import type { Digest, FrameTap } from './frame-tap.ts'

/** Milliseconds after which an origin that no longer reads closes. */
const unreadMs = 400

/** What an origin can do with a request beyond answering it, in each version of HTTP. */
export interface Exchange {
  /** Whether all of the content came. */
  readonly isComplete: boolean
  /** Tells when all of the content came. */
  whenComplete(tell: (digest: Digest) => void): void
  /** Tears the connection down with a RST. */
  reset(): void
  /** Ends the request alone, by an error, where that can be done. */
  cancel(): void
  /** Ends it and says that nothing was done about it; answers whether that could be said. */
  refuse(): boolean
  /** Reads no more, and closes after a while. */
  stopReading(): void
  /** Closes the connection after the response; answers the header fields that say so. */
  closeAfter(): Record<string, string>
}

/** A request over HTTP/1.1; node's parser says what is complete. */
export class MessageExchange implements Exchange {
  readonly #request: IncomingMessage
  readonly #connection: Socket

  /** @param connection the TCP connection beneath. */
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
    // Node resumes the socket once, on account of those who listened for content.
    setImmediate(() => socket.pause())
    setTimeout(() => socket.destroy(), unreadMs)
  }

  closeAfter(): Record<string, string> {
    return { connection: 'close' }
  }
}

/** A request over HTTP/2; the frames say what is complete. */
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
