import { Http2ServerRequest } from 'node:http2'
import { finished, type Readable } from 'node:stream'
import { http } from '../builtins.ts'
import { done, iteratorReader, type Reader, type Step } from './readers.ts'

/** Bytes that may have come and are not asked for yet. */
const most = 262_144

const nothing = (): void => {}

/** Tells when a stream breaks that is not read yet. Without a listener that would end the process. */
export function watchReadable(stream: Readable, onBroken: (error: unknown) => void): () => void {
  stream.on('error', onBroken)
  // Another listener stays: a stream may still break while it is being destroyed.
  stream.on('error', nothing)
  return () => {
    stream.off('error', onBroken)
  }
}

/**
 * Lets go of a stream. A request that came to a server is left to the server: it is destroyed
 * together with the connection that the server answers on.
 */
export function letGo(stream: Readable): void {
  if (isServerRequest(stream)) stream.pause()
  else stream.destroy()
}

function isServerRequest(stream: Readable): boolean {
  if (stream instanceof Http2ServerRequest) return true
  return stream instanceof http.IncomingMessage && typeof stream.method === 'string'
}

/** A Node stream. */
export function readableReader(stream: Readable): Reader {
  stream.on('error', nothing)
  if (stream.errored) throw stream.errored
  // Somebody else's 'readable' listener keeps a stream from flowing, but not from being iterated.
  if (stream.listenerCount('readable') === 0) return new ReadableReader(stream)
  const { next } = iteratorReader(stream)
  return { next, cancel: () => letGo(stream) }
}

/**
 * A stream that flows ahead of whoever reads: then its chunks are there when they are asked for,
 * where its own iterator waits for each.
 */
class ReadableReader implements Reader {
  readonly #stream: Readable
  #ahead: unknown[] = []
  #bytes = 0
  #begun = false
  #paused = false
  /** How it ended: with an error, or `null` for none; `undefined` as long as it has not. */
  #end: Error | null | undefined
  #waiting: { resolve(step: Step): void; reject(error: unknown): void } | null = null

  constructor(stream: Readable) {
    this.#stream = stream
  }

  next(): Step | Promise<Step> {
    if (!this.#begun) this.#begin()
    else if (this.#paused && this.#bytes < most) this.#resume()
    if (this.#ahead.length > 0) return this.#first()
    if (this.#end === undefined) return this.#later()
    if (this.#end === null) return done
    throw this.#end
  }

  cancel(): void {
    this.#ahead = []
    this.#stream.off('data', this.#came)
    letGo(this.#stream)
  }

  #begin(): void {
    this.#begun = true
    this.#stream.on('data', this.#came)
    finished(this.#stream, { writable: false }, (error) => this.#ended(error ?? null))
    this.#resume()
  }

  #resume(): void {
    this.#paused = false
    this.#stream.resume()
  }

  readonly #came = (chunk: unknown): void => {
    const waiting = this.#waiting
    if (waiting === null) {
      this.#ahead.push(chunk)
      this.#bytes += sizeOf(chunk)
    } else {
      this.#waiting = null
      waiting.resolve({ done: false, value: chunk })
    }
    if (this.#bytes < most) return
    this.#paused = true
    this.#stream.pause()
  }

  #first(): Step {
    const value = this.#ahead.shift()
    this.#bytes -= sizeOf(value)
    return { done: false, value }
  }

  #ended(error: Error | null): void {
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
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.length : most
}
