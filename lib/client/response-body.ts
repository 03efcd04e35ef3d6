import {
  type ReadableByteStreamController,
  ReadableStream,
  type UnderlyingByteSource,
} from 'node:stream/web'
import { type Dispatcher, errors } from 'undici'

/** Bytes that are taken in while nobody reads. */
const highWaterMark = 65_536

/** The content of a response, as a stream of bytes whose connection pauses while nobody reads. */
export class ResponseBody implements UnderlyingByteSource {
  readonly type = 'bytes'
  readonly stream: ReadableStream
  readonly #connection: Dispatcher.DispatchController
  #out: ReadableByteStreamController | null = null
  #paused = false

  constructor(connection: Dispatcher.DispatchController) {
    this.#connection = connection
    this.stream = new ReadableStream(this, { highWaterMark })
  }

  /** Whether more may come: it has not ended, failed, or been cancelled. */
  get open(): boolean {
    return this.#out !== null
  }

  start(out: ReadableByteStreamController): void {
    this.#out = out
  }

  pull(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#connection.resume()
  }

  cancel(): void {
    this.#out = null
    this.#connection.abort(new errors.RequestAbortedError('The response was cancelled'))
  }

  /** Some of it came. */
  push(chunk: Uint8Array): void {
    if (this.#out === null || chunk.length === 0) return
    // The stream takes the memory over that its bytes are in.
    this.#out.enqueue(new Uint8Array(chunk))
    if ((this.#out.desiredSize ?? 0) > 0) return
    this.#paused = true
    this.#connection.pause()
  }

  end(): void {
    this.#out?.close()
    // Whoever waits with a buffer of their own is told only by this.
    this.#out?.byobRequest?.respond(0)
    this.#out = null
  }

  fail(reason: unknown): void {
    this.#out?.error(reason)
    this.#out = null
  }
}
