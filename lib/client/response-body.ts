import {
  type ReadableByteStreamController,
  ReadableStream,
  type UnderlyingByteSource,
} from 'node:stream/web'
import { errors } from 'undici/index.js'
import { maxResponseBuffer } from '../upload/pending-response.ts'

/** What the content of a response comes from: the controller of its dispatch, or decoders. */
export interface BodySource {
  pause(): void
  resume(): void
  abort(reason: Error): void
}

export interface BodySink {
  push(chunk: Uint8Array): void
  end(): void
  fail(reason: unknown): void
}

/** Streams that were garbage collected before they were read to their end. */
const unread = new FinalizationRegistry<ResponseBody>((body) => body.cancel())

/**
 * The content of a response, as a stream of bytes. The connection pauses while the stream is not read.
 *
 * The connection refers to this object, and this object refers to the stream only while a read is
 * pending. So an abandoned stream can be garbage collected, which frees the connection.
 */
export class ResponseBody implements BodySink, UnderlyingByteSource {
  readonly type = 'bytes'
  readonly #source: BodySource
  readonly #onClosed: (() => void) | null
  /** Set while a read is pending. */
  #reading: ReadableByteStreamController | null = null
  #out: WeakRef<ReadableByteStreamController> | null = null
  #paused = false
  #complete = false

  /**
   * @param source is aborted when the stream is cancelled or garbage collected.
   * @param onClosed is called when the stream was read to its end, failed, or was abandoned. With it, the
   * stream ends only when it is read to its end, so that it can be failed until then, as in fetch.
   */
  constructor(source: BodySource, onClosed: (() => void) | null) {
    this.#source = source
    this.#onClosed = onClosed
  }

  /** Makes the stream. Only the caller keeps a reference to it. */
  stream(): ReadableStream {
    // With 0, pull() is called only for a pending read.
    const stream = new ReadableStream(this, { highWaterMark: 0 })
    unread.register(stream, this, this)
    return stream
  }

  start(out: ReadableByteStreamController): void {
    this.#out = new WeakRef(out)
  }

  pull(out: ReadableByteStreamController): void {
    this.#reading = out
    if (this.#complete) {
      this.end()
    } else if (this.#paused) {
      this.#paused = false
      this.#source.resume()
    }
  }

  /** The reader cancelled the stream, or abandoned it. */
  cancel(): void {
    if (!this.#complete) {
      this.#source.abort(new errors.RequestAbortedError('The response was cancelled'))
    }
    this.#close()
  }

  push(chunk: Uint8Array): void {
    const out = this.#out?.deref()
    if (out === undefined || chunk.length === 0) return
    this.#reading = null
    // enqueue() transfers the whole buffer, of which the chunk may be a part: hence a copy.
    out.enqueue(new Uint8Array(chunk))
    if (this.#reading !== null || (out.desiredSize ?? 0) > -maxResponseBuffer) return
    this.#paused = true
    this.#source.pause()
  }

  end(): void {
    this.#complete = true
    const out = this.#onClosed === null ? this.#out?.deref() : this.#reading
    if (!out) return
    this.#close()
    out.close()
    // A pending read into the caller's own buffer (BYOB) ends only by this call.
    out.byobRequest?.respond(0)
  }

  fail(reason: unknown): void {
    const out = this.#out?.deref()
    this.#close()
    out?.error(reason)
  }

  #close(): void {
    this.#out = null
    this.#reading = null
    unread.unregister(this)
    this.#onClosed?.()
  }
}
