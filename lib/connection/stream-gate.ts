import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import { Exchange, type ExchangeOwner } from './exchange.ts'
import type { NextRequest } from './line.ts'
import { cancelWhenClosed } from './stream-reset.ts'
import type { GateObserver, Pass, Ticket } from './ticket.ts'

type Callback = (error?: Error | null) => void

/** What a stream hands to `_writev`. */
interface Written {
  readonly chunk: Uint8Array
  readonly encoding: BufferEncoding
}

/** Bytes written at once, so that a connection which is merely slow is seen to move. */
const sliceSize = 256 * 1024

/**
 * The gate on the HTTP/2 stream of one upload:
 *
 *     > HEADERS expect: 100-continue  undici waits for 'continue' before it reads the content
 *     < HEADERS 100                   node emits 'continue'
 *       (nothing in time)             the gate emits 'continue'
 *     < HEADERS 413                   handed on; no DATA
 *     > RST_STREAM CANCEL             once the response is complete
 *
 * Node ends a stream that it closes, and undici one that was refused, which an origin could
 * take for content that is complete (RFC 9113, section 8.1). So only whole content is ended.
 */
export class StreamGate implements ExchangeOwner {
  readonly #stream: ClientHttp2Stream
  readonly #ticket: Ticket
  readonly #exchange: Exchange
  readonly #write: ClientHttp2Stream['_write']
  readonly #writev: NonNullable<ClientHttp2Stream['_writev']>

  constructor(stream: ClientHttp2Stream, { ticket, asks }: NextRequest) {
    this.#stream = stream
    this.#ticket = ticket
    const pass = new WrittenPass(ticket, asks)
    this.#exchange = new Exchange('chunked', pass, this)
    this.#write = stream._write
    this.#writev = stream._writev as NonNullable<ClientHttp2Stream['_writev']>
  }

  install(): void {
    const stream = this.#stream
    const { _final: final } = stream
    stream._write = (chunk: Uint8Array, encoding, callback) => {
      this.#take([{ chunk, encoding }], callback)
    }
    stream._writev = (chunks: Written[], callback) => this.#take(chunks, callback)
    stream._final = (callback) => {
      if (!this.#ticket.ended) return callback()
      this.#exchange.sent()
      final.call(stream, callback)
    }
    cancelWhenClosed(stream)
    if (stream.pending) stream.once('ready', () => this.#begin())
    else this.#begin()
    stream.on('headers', (headers) => this.#interim(statusOf(headers)))
    stream.once('response', (headers) => {
      this.#exchange.answered()
      this.#exchange.final(statusOf(headers))
    })
    // Nobody waits for the rest of the content any more.
    stream.once('end', () => {
      if (!this.#ticket.ended) stream.close(constants.NGHTTP2_CANCEL)
    })
    stream.once('close', () => this.#exchange.close())
  }

  #begin(): void {
    this.#exchange.begin(this.#stream.id !== 1)
    this.#exchange.headLeft()
  }

  #interim(status: number): void {
    this.#exchange.answered()
    this.#exchange.interim(status)
    if (this.#exchange.ready) this.#exchange.flow()
  }

  unanswered(): void {
    if (!this.#exchange.ready) return
    this.#exchange.flow()
    this.#stream.emit('continue')
  }

  /** A callback that is never called keeps the stream from writing, and its user from reading on. */
  #take(pieces: readonly Written[], callback: Callback): void {
    const slices = slicesOf(pieces)
    const next = (): void => {
      if (this.#exchange.shut) return
      const { value, done } = slices.next()
      if (done) callback()
      else this.#forward(value, callback, next)
    }
    next()
  }

  #forward(slice: Written[], failed: Callback, written: () => void): void {
    const bytes = sizeOf(slice)
    const onWritten: Callback = (error) => {
      if (error) return failed(error)
      this.#exchange.accepted(bytes)
      written()
    }
    const [only] = slice
    if (slice.length === 1 && only !== undefined) {
      this.#write.call(this.#stream, only.chunk, only.encoding, onWritten)
      return
    }
    this.#writev.call(this.#stream, Object.assign(slice, { allBuffers: true }), onWritten)
  }
}

/** The pass of a request whose head undici has written by now. */
class WrittenPass implements Pass {
  readonly asks: boolean
  readonly rescueTimeout: number
  readonly observer: GateObserver
  readonly #ticket: Ticket

  constructor(ticket: Ticket, asks: boolean) {
    this.asks = asks
    this.rescueTimeout = ticket.rescueTimeout
    this.observer = ticket.observer
    this.#ticket = ticket
  }

  /** What became known of the route since can only end the wait. */
  get continueTimeout(): number {
    return this.#ticket.asks ? this.#ticket.continueTimeout : 0
  }
}

/** What fits a slice stays together. */
function* slicesOf(pieces: readonly Written[]): Generator<Written[], undefined> {
  if (sizeOf(pieces) <= sliceSize) {
    yield [...pieces]
    return
  }
  for (const { chunk, encoding } of pieces) {
    for (let at = 0; at < chunk.length; at += sliceSize) {
      yield [{ chunk: chunk.subarray(at, at + sliceSize), encoding }]
    }
  }
}

function sizeOf(pieces: readonly Written[]): number {
  return pieces.reduce((sum, { chunk }) => sum + chunk.length, 0)
}

function statusOf(headers: IncomingHttpHeaders): number {
  return Number(headers[constants.HTTP2_HEADER_STATUS])
}
