import { Http2ServerRequest } from 'node:http2'
import { finished, type Readable } from 'node:stream'
import { http } from '../runtime/builtins.ts'
import { done, iteratorReader, nothing, type Reader, type Step } from './readers.ts'

/** Buffered bytes from which the stream is paused. */
const maxBytes = 262_144

/** While a stream has a 'readable' listener, resume() does not make it flow. */
const keepsPaused = (): void => {}

/** Reports an error of a stream before it is read. Without a listener, the error would end the process. */
export function watchReadable(stream: Readable, onBroken: (error: unknown) => void): () => void {
  stream.on('error', onBroken)
  // This listener stays, because a stream may also fail while it is being destroyed.
  stream.on('error', nothing)
  return () => {
    stream.off('error', onBroken)
  }
}

/**
 * Discards a stream. A server's incoming request is only paused: destroying it would close the
 * connection for the server's response.
 */
export function discardStream(stream: Readable): void {
  if (isServerRequest(stream)) stream.pause()
  else stream.destroy()
}

function isServerRequest(stream: Readable): boolean {
  if (stream instanceof Http2ServerRequest) return true
  return stream instanceof http.IncomingMessage && typeof stream.method === 'string'
}

export function readableReader(stream: Readable): Reader {
  stream.on('error', nothing)
  if (stream.errored) throw stream.errored
  // With a 'readable' listener of other code, a stream does not flow, but it can be iterated.
  if (stream.listenerCount('readable') === 0) return new ReadableReader(stream)
  const { next } = iteratorReader(stream)
  return { next, cancel: () => discardStream(stream) }
}

/**
 * Reads a flowing stream and buffers its chunks, so that they are available at once. The stream's own
 * iterator waits for each chunk.
 */
class ReadableReader implements Reader {
  readonly #stream: Readable
  #buffered: unknown[] = []
  #bytes = 0
  #started = false
  #paused = false
  /** Whether a listener keeps the stream paused. */
  #isKeptPaused = false
  /** The error that the stream ended with, or `null` for none; `undefined` before its end. */
  #end: Error | null | undefined
  #waiting: { resolve(step: Step): void; reject(error: unknown): void } | null = null

  constructor(stream: Readable) {
    this.#stream = stream
  }

  next(): Step | Promise<Step> {
    if (!this.#started) this.#begin()
    else if (this.#paused && this.#bytes < maxBytes) this.#resume()
    if (this.#buffered.length > 0) return this.#first()
    if (this.#end === undefined) return this.#later()
    if (this.#end === null) return done
    throw this.#end
  }

  cancel(): void {
    this.#buffered = []
    this.#stream.off('data', this.#onData)
    this.#letFlow()
    discardStream(this.#stream)
  }

  #begin(): void {
    this.#started = true
    this.#stream.on('data', this.#onData)
    finished(this.#stream, { writable: false }, (error) => this.#onEnd(error ?? null))
    this.#resume()
  }

  #resume(): void {
    this.#paused = false
    this.#letFlow()
    this.#stream.resume()
  }

  #keepPaused(): void {
    if (this.#isKeptPaused) return
    this.#isKeptPaused = true
    this.#stream.on('readable', keepsPaused)
  }

  #letFlow(): void {
    if (!this.#isKeptPaused) return
    this.#isKeptPaused = false
    this.#stream.off('readable', keepsPaused)
  }

  readonly #onData = (chunk: unknown): void => {
    const waiting = this.#waiting
    if (waiting === null) {
      this.#buffered.push(chunk)
      this.#bytes += sizeOf(chunk)
    } else {
      this.#waiting = null
      waiting.resolve({ done: false, value: chunk })
    }
    if (this.#bytes < maxBytes) return
    // A pipe of other code resumes the stream whenever its destination can take more.
    if (this.#paused) this.#keepPaused()
    this.#paused = true
    this.#stream.pause()
  }

  #first(): Step {
    const value = this.#buffered.shift()
    this.#bytes -= sizeOf(value)
    return { done: false, value }
  }

  #onEnd(error: Error | null): void {
    this.#end = error
    const waiting = this.#waiting
    this.#waiting = null
    if (error === null) waiting?.resolve(done)
    else waiting?.reject(error)
  }

  #later(): Promise<Step> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }
}

function sizeOf(chunk: unknown): number {
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.length : maxBytes
}
