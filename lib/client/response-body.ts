import {
  type ReadableByteStreamController,
  ReadableStream,
  type UnderlyingByteSource,
} from 'node:stream/web'
import { type Dispatcher, errors } from '#undici'

type Connection = Dispatcher.DispatchController

/** Bytes that are buffered while nothing reads. */
const most = 65_536

/** Frees the connections of responses whose stream was collected unread. */
const unread = new FinalizationRegistry<Connection>((connection) => abort(connection))

function abort(connection: Connection): void {
  connection.abort(new errors.RequestAbortedError('The response was cancelled'))
}

/**
 * The content of a response, as a stream of bytes whose connection pauses while nobody reads.
 *
 * The connection holds this, and this holds the stream only while somebody waits to read from
 * it. So a stream that is given up unread can be collected, which frees the connection.
 */
export class ResponseBody implements UnderlyingByteSource {
  readonly type = 'bytes'
  readonly #connection: Connection
  /** Set while somebody waits to read. */
  #reading: ReadableByteStreamController | null = null
  #out: WeakRef<ReadableByteStreamController> | null = null
  #paused = false

  /** @param connection is aborted when the stream is cancelled or collected. */
  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Makes the stream; it is for the caller to hold. */
  stream(): ReadableStream {
    // Pulled only by those who wait to read.
    const stream = new ReadableStream(this, { highWaterMark: 0 })
    unread.register(stream, this.#connection, this)
    return stream
  }

  start(out: ReadableByteStreamController): void {
    this.#out = new WeakRef(out)
  }

  pull(out: ReadableByteStreamController): void {
    this.#reading = out
    if (!this.#paused) return
    this.#paused = false
    this.#connection.resume()
  }

  cancel(): void {
    this.#close()
    abort(this.#connection)
  }

  /** Some of it came. */
  push(chunk: Uint8Array): void {
    const out = this.#out?.deref()
    if (out === undefined || chunk.length === 0) return
    this.#reading = null
    // The stream takes the memory over that its bytes are in.
    out.enqueue(new Uint8Array(chunk))
    if (this.#reading !== null || (out.desiredSize ?? 0) > -most) return
    this.#paused = true
    this.#connection.pause()
  }

  end(): void {
    const out = this.#out?.deref()
    this.#close()
    out?.close()
    // A reader with a buffer of its own (BYOB) is told only by this.
    out?.byobRequest?.respond(0)
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
  }
}
