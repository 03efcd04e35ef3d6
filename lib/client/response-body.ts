import {
  type ReadableByteStreamController,
  ReadableStream,
  type UnderlyingByteSource,
} from 'node:stream/web'
import { type Dispatcher, errors } from 'undici/index.js'
import { maxResponseBuffer } from '../upload/pending-response.ts'

type Connection = Dispatcher.DispatchController

/** Frees the connections of responses whose stream was garbage collected unread. */
const unread = new FinalizationRegistry<Connection>((connection) => abort(connection))

function abort(connection: Connection): void {
  connection.abort(new errors.RequestAbortedError('The response was cancelled'))
}

/**
 * The content of a response, as a stream of bytes. The connection pauses while the stream is not read.
 *
 * The connection refers to this object, and this object refers to the stream only while a read is
 * pending. So an abandoned stream can be garbage collected, which frees the connection.
 */
export class ResponseBody implements UnderlyingByteSource {
  readonly type = 'bytes'
  readonly #connection: Connection
  /** Set while a read is pending. */
  #reading: ReadableByteStreamController | null = null
  #out: WeakRef<ReadableByteStreamController> | null = null
  #paused = false

  /** @param connection is aborted when the stream is cancelled or garbage collected. */
  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Makes the stream. Only the caller keeps a reference to it. */
  stream(): ReadableStream {
    // With 0, pull() is called only for a pending read.
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

  /** Takes in a chunk from the connection. */
  push(chunk: Uint8Array): void {
    const out = this.#out?.deref()
    if (out === undefined || chunk.length === 0) return
    this.#reading = null
    // enqueue() transfers the whole buffer, of which the chunk may be a part: hence a copy.
    out.enqueue(new Uint8Array(chunk))
    if (this.#reading !== null || (out.desiredSize ?? 0) > -maxResponseBuffer) return
    this.#paused = true
    this.#connection.pause()
  }

  end(): void {
    const out = this.#out?.deref()
    this.#close()
    if (out !== undefined) closeStream(out)
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

/** Ends a stream of bytes. */
export function closeStream(out: ReadableByteStreamController): void {
  out.close()
  // A pending read into the caller's own buffer (BYOB) ends only by this call.
  out.byobRequest?.respond(0)
}
