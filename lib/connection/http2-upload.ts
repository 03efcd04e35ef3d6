import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import type { ReleasedBy } from '../protocol/expectation.ts'
import { type ContentWriter, Delivery, type WriteCallback } from './delivery.ts'
import { Expectation, type ExpectationOwner } from './expectation.ts'
import type { Http2Gate } from './http2-gate.ts'
import type { Ticket, TicketedConnection } from './ticket.ts'
import type { UploadBody } from './upload-body.ts'

/**
 * Bytes per write. Node calls back when all of a write was sent, which may take several flow-control
 * windows. When the origin refuses in between, the report lacks up to one write of what was sent.
 * Little is read ahead, because one-shot content that was read may be too much for the replay window.
 */
const sliceSizes = { first: 16_384, max: 65_536, ahead: 65_536 }

/**
 * Milliseconds from the ack of a PING until an origin counts as silent. In measurements, servers sent
 * their own 100 within 4 ms of the ack, and applications on them within 53 ms.
 */
const ackWait = 100

/**
 * One upload on an HTTP/2 stream:
 *
 *     > HEADERS expect: 100-continue  undici waits for 'continue' before it reads the body
 *     > PING                          its ack shows that the origin has the HEADERS
 *     < HEADERS 100                   node emits 'continue'
 *       (nothing in time)             this class emits 'continue' 100 ms after the ack
 *     > DATA                          the content is read and written
 *     < HEADERS 413                   passed on; no DATA is sent
 *     > RST_STREAM CANCEL             once the response is complete
 *
 * Node sends END_STREAM on a stream that it closes, and undici on one that was refused. An origin
 * could mistake that for complete content (RFC 9113, section 8.1), so it is sent only after all of it.
 */
export class Http2Upload implements TicketedConnection, ContentWriter, ExpectationOwner {
  readonly isHttp2 = true
  readonly choseHttp1 = false
  readonly #stream: ClientHttp2Stream
  readonly #gate: Http2Gate
  readonly #ticket: Ticket
  readonly #body: UploadBody
  readonly #asks: boolean
  readonly #expectation: Expectation
  readonly #delivery: Delivery

  constructor(
    stream: ClientHttp2Stream,
    gate: Http2Gate,
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
    this.#delivery = new Delivery(ticket, this, sliceSizes)
  }

  install(): void {
    const stream = this.#stream
    const { _final: final } = stream
    stream._final = (callback) => {
      if (!this.#expectation.complete) return callback()
      final.call(stream, callback)
    }
    closeCleanly(stream)
    if (stream.pending) stream.once('ready', () => this.#begin())
    else this.#begin()
    stream.on('headers', (headers) => this.#interim(statusOf(headers)))
    stream.once('response', (headers) => {
      this.#gate.onResponse(stream)
      this.#expectation.firstByte()
      this.#expectation.final(statusOf(headers))
      this.#expectation.releaseIfGranted()
    })
    // The stream was closed, so it takes no more content.
    stream.once('aborted', () => this.stop())
    // The response is complete, so the rest of the content is not needed.
    stream.once('end', () => {
      if (this.#expectation.complete || this.#goesOn || stream.destroyed) return
      // After a RST_STREAM with NO_ERROR, node waits without end for the writes that are pending.
      if (stream.closed) stream.destroy()
      else stream.close(constants.NGHTTP2_CANCEL)
    })
    stream.once('close', () => this.#expectation.closed())
  }

  #begin(): void {
    this.#ticket.onHead(this, this.#asks, this.#stream.id !== 1)
    this.#expectation.headWritten()
    if (!this.#asks) this.#delivery.start()
    // Node sends the HEADERS later in this turn; a PING sent now would overtake them.
    else setImmediate(Http2Upload.#awaitAck, this)
  }

  static #awaitAck(upload: Http2Upload): void {
    if (!upload.#stream.closed) upload.#gate.afterAck(() => upload.#expectation.shorten(ackWait))
  }

  #interim(status: number): void {
    this.#expectation.firstByte()
    this.#expectation.interim(status)
    this.#expectation.releaseIfGranted()
  }

  get isClosed(): boolean {
    return this.#stream.closed
  }

  onRelease(by: ReleasedBy): void {
    this.#delivery.start()
    if (by === 'timeout') this.#stream.emit('continue')
  }

  // Called by the delivery.

  onContent(bytes: number): void {
    this.#ticket.onContent(bytes)
  }

  onDelivered(): void {
    this.#expectation.sent()
    this.#ticket.onDelivered()
    // undici ends the stream.
    this.#body.end()
  }

  write(chunks: Uint8Array[], _bytes: number, _last: boolean, callback: WriteCallback): void {
    if (chunks.length === 0) {
      callback()
      return
    }
    const stream = this.#stream
    const last = chunks.length - 1
    stream.cork()
    for (let at = 0; at < last; at++) stream.write(chunks[at])
    stream.write(chunks[last], (error) => {
      if (!this.#expectation.contentStopped) callback(error)
    })
    stream.uncork()
  }

  idle(): void {}

  // Called by the attempt.

  /** Counts the stream's own queue, because the connection's queue is shared with other streams. */
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
    if (!this.#expectation.complete) this.stop()
    return false
  }

  /** Whether content is still sent after the response is complete. */
  get #goesOn(): boolean {
    return this.#expectation.finalBeforeContent && !this.#delivery.over
  }
}

/**
 * Makes a stream that is closed without a code send RST_STREAM with CANCEL at once. Without it:
 *
 * - Node delays a reset without a code until all of the content was sent. When undici destroys the
 *   stream meanwhile, node never sends the reset. The origin waits for the rest forever, and when it
 *   enlarges the window, node writes empty frames without end.
 * - The timer of a stream that is destroyed before it is closed keeps the stream in memory.
 */
export function closeCleanly(stream: ClientHttp2Stream): void {
  const { close, destroy } = stream
  stream.close = (code, callback) => {
    close.call(stream, code || constants.NGHTTP2_CANCEL, callback)
  }
  stream.destroy = (error) => {
    stream.setTimeout(0)
    // nextTick runs before the error event, and after the head of a response in the same chunk.
    if (!stream.destroyed && isUnread(stream)) process.nextTick(emitRest, stream)
    return destroy.call(stream, error)
  }
}

/** Whether a complete response was received of which some is not emitted yet. */
function isUnread(stream: ClientHttp2Stream): boolean {
  const { ended } = (stream as unknown as { _readableState: { ended: boolean } })._readableState
  return ended && !stream.readableEnded
}

/** Emits the rest of a response whose connection ended directly after it. */
function emitRest(stream: ClientHttp2Stream): void {
  // A failed stream emits no 'data' by itself.
  const emits = stream.errored === null
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
    if (!emits) stream.emit('data', chunk)
  }
  stream.emit('end')
}

function statusOf(headers: IncomingHttpHeaders): number {
  return Number(headers[constants.HTTP2_HEADER_STATUS])
}
