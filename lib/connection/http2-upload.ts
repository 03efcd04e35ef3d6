import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import { type ContentWriter, Delivery, type DeliveryOwner } from './delivery.ts'
import { Expectation, type ExpectationOwner } from './expectation.ts'
import type { Source } from './source.ts'
import type { Ticket, TicketedConnection } from './ticket.ts'
import type { UploadBody } from './upload-body.ts'

/**
 * Bytes written at once. Node tells of a write when all of it has left, window by window, and an
 * origin may refuse in the middle: what is reported falls short of what it got by one write.
 */
const sliceSizes = { first: 16_384, most: 65_536 }

/**
 * Milliseconds from the ack of a PING until an origin counts as silent. Servers that answer by
 * themselves were measured to do so within 4 ms of the ack, and their applications within 53.
 */
const ackWait = 100

type Callback = (error?: Error | null) => void

/** The gate of the connection. */
interface UploadGate {
  /** The response of a stream has begun. */
  onResponse(stream: ClientHttp2Stream): void
  /** Calls back when the origin has acknowledged a PING that leaves after this call. */
  afterAck(callback: () => void): void
}

/**
 * One upload on an HTTP/2 stream:
 *
 *     > HEADERS expect: 100-continue  undici waits for 'continue' before it asks for the body
 *     > PING                          its ack shows that the origin has the HEADERS
 *     < HEADERS 100                   node emits 'continue'
 *       (nothing in time)             this emits 'continue': 100 ms after the ack
 *     > DATA                          the content is read and written
 *     < HEADERS 413                   handed on; no DATA
 *     > RST_STREAM CANCEL             once the response is complete
 *
 * Node ends a stream that it closes, and undici one that was refused, which an origin could
 * take for content that is complete (RFC 9113, section 8.1). So only whole content is ended.
 */
export class Http2Upload
  implements TicketedConnection, ContentWriter, DeliveryOwner, ExpectationOwner
{
  readonly isHttp2 = true
  readonly choseHttp1 = false
  readonly #stream: ClientHttp2Stream
  readonly #gate: UploadGate
  readonly #ticket: Ticket
  readonly #body: UploadBody
  readonly #asks: boolean
  readonly #expectation: Expectation
  readonly #delivery: Delivery
  #complete = false

  constructor(
    stream: ClientHttp2Stream,
    gate: UploadGate,
    ticket: Ticket,
    body: UploadBody,
    asks: boolean,
  ) {
    this.#stream = stream
    this.#gate = gate
    this.#ticket = ticket
    this.#body = body
    this.#asks = asks
    this.#expectation = new Expectation(ticket, asks, this)
    this.#delivery = new Delivery(this, this, sliceSizes)
  }

  install(): void {
    const stream = this.#stream
    const { _final: final } = stream
    stream._final = (callback) => {
      if (!this.#complete) return callback()
      final.call(stream, callback)
    }
    closeCleanly(stream)
    if (stream.pending) stream.once('ready', () => this.#begin())
    else this.#begin()
    stream.on('headers', (headers) => this.#interim(statusOf(headers)))
    stream.once('response', (headers) => {
      this.#gate.onResponse(stream)
      this.#expectation.answered()
      this.#expectation.final(statusOf(headers))
      if (this.#expectation.shut) this.stop()
    })
    // Nobody waits for the rest of the content any more.
    stream.once('end', () => {
      if (!this.#complete && !this.#goesOn && !stream.destroyed) {
        stream.close(constants.NGHTTP2_CANCEL)
      }
    })
    stream.once('close', () => {
      this.#expectation.close()
      this.stop()
      if (!this.#complete) this.#ticket.onClosed()
    })
  }

  #begin(): void {
    this.#ticket.onHead(this, this.#asks, this.#stream.id !== 1)
    this.#expectation.headLeft()
    if (!this.#asks) this.#delivery.start()
    // The HEADERS leave in node's own turn, and a PING would overtake them before.
    else setImmediate(Http2Upload.#awaitAck, this)
  }

  static #awaitAck(upload: Http2Upload): void {
    if (!upload.#stream.closed) upload.#gate.afterAck(() => upload.#expectation.shorten(ackWait))
  }

  #interim(status: number): void {
    this.#expectation.answered()
    this.#expectation.interim(status)
    this.#settle()
  }

  onSilence(): void {
    if (this.#settle()) this.#stream.emit('continue')
  }

  #settle(): boolean {
    if (!this.#expectation.release()) return false
    this.#delivery.start()
    return true
  }

  // The delivery's side ----------------------------------------------------------------

  open(): Source | Promise<Source> {
    return this.#ticket.open()
  }

  onWrite(chunks: readonly Uint8Array[], bytes: number): void {
    this.#ticket.onWrite(chunks, bytes)
  }

  onContent(bytes: number): void {
    this.#ticket.onContent(bytes)
  }

  onDelivered(): void {
    this.#complete = true
    this.#expectation.sent()
    this.#ticket.onDelivered()
    // undici ends the stream.
    this.#body.end()
  }

  onSourceError(error: unknown): void {
    this.#ticket.onSourceError(error)
  }

  write(chunks: Uint8Array[], _bytes: number, _last: boolean, callback: Callback): void {
    if (chunks.length === 0) {
      callback()
      return
    }
    const stream = this.#stream
    const last = chunks.length - 1
    stream.cork()
    for (let at = 0; at < last; at++) stream.write(chunks[at])
    stream.write(chunks[last], (error) => {
      if (!this.#expectation.shut) callback(error)
    })
    stream.uncork()
  }

  idle(): void {}

  // The attempt's side -----------------------------------------------------------------

  /** What waits in the stream cannot be told from what waits in the connection. */
  get queuedBytes(): number {
    return this.#stream.writableLength
  }

  stop(): void {
    this.#delivery.stop()
  }

  close(): void {
    this.stop()
    this.#stream.close(constants.NGHTTP2_CANCEL)
  }

  responseEnded(): boolean {
    if (this.#goesOn) return true
    if (!this.#complete) this.stop()
    return false
  }

  /** Whether the content outlives the response. */
  get #goesOn(): boolean {
    return !this.#complete && this.#expectation.answeredFirst && !this.#delivery.over
  }
}

/**
 * Has a stream that is closed without a code reset with CANCEL, at once. Node waits with a reset
 * that has none until all of the content was sent. It never resets the stream at all when that
 * is destroyed in the meantime, as undici does: the origin waits for the rest for ever, and
 * where it gives leave to send more, node writes empty frames without end. The timer of a stream
 * that is destroyed before it was closed is not cleared, and would keep all of it in memory.
 */
export function closeCleanly(stream: ClientHttp2Stream): void {
  const { close, destroy } = stream
  stream.close = (code, callback) => {
    close.call(stream, code || constants.NGHTTP2_CANCEL, callback)
  }
  stream.destroy = (error) => {
    stream.setTimeout(0)
    // Before the error is told of, and behind the head of a response that came in the same piece.
    if (!stream.destroyed && isUnread(stream)) process.nextTick(handOver, stream)
    return destroy.call(stream, error)
  }
}

/** Whether all of a response has come in, and not all of it was handed on. */
function isUnread(stream: ClientHttp2Stream): boolean {
  const { ended } = (stream as unknown as { _readableState: { ended: boolean } })._readableState
  return ended && !stream.readableEnded
}

/** Hands on the rest of a response whose connection ended right behind it. */
function handOver(stream: ClientHttp2Stream): void {
  // A stream that failed emits nothing by itself.
  const emits = stream.errored === null
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
    if (!emits) stream.emit('data', chunk)
  }
  stream.emit('end')
}

function statusOf(headers: IncomingHttpHeaders): number {
  return Number(headers[constants.HTTP2_HEADER_STATUS])
}
