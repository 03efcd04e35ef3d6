import { finished, type Readable } from 'node:stream'
import { iteratorReading, type Reading, type Step } from './reading.ts'

/** Bytes that may have come and are not asked for yet; before the second chunk is wanted, none. */
const most = 262_144

const done: Step = { done: true, value: undefined }

/** A Node stream. It may break while nobody reads from it; `failed` is told. */
export function readableReading(stream: Readable, failed: (error: unknown) => void): Reading {
  // The listener stays: a stream may still break while it is being destroyed.
  stream.on('error', failed)
  // Somebody else's 'readable' listener keeps a stream from flowing, but not from being iterated.
  if (stream.listenerCount('readable') === 0) return new ReadableReading(stream)
  const { next } = iteratorReading(stream)
  return { next, cancel: () => stream.destroy() }
}

/**
 * A stream that flows ahead of whoever reads: then its chunks are there when they are asked for,
 * where its own iterator waits for each.
 */
class ReadableReading implements Reading {
  readonly #stream: Readable
  #ahead: unknown[] = []
  #bytes = 0
  #asked = 0
  #paused = false
  /** How it ended: with an error, or `null` for none; `undefined` as long as it has not. */
  #end: Error | null | undefined
  #waiting: { resolve(step: Step): void; reject(error: unknown): void } | null = null

  constructor(stream: Readable) {
    this.#stream = stream
  }

  next(): Step | Promise<Step> {
    this.#asked += 1
    if (this.#asked === 1) this.#begin()
    else if (this.#paused && this.#bytes < most) this.#resume()
    if (this.#ahead.length > 0) return this.#first()
    if (this.#end === undefined) return this.#later()
    if (this.#end === null) return done
    throw this.#end
  }

  cancel(): void {
    this.#ahead = []
    this.#stream.destroy()
  }

  #begin(): void {
    this.#stream.on('data', (chunk: unknown) => this.#came(chunk))
    finished(this.#stream, { writable: false }, (error) => this.#ended(error ?? null))
    this.#resume()
  }

  #resume(): void {
    this.#paused = false
    this.#stream.resume()
  }

  #came(chunk: unknown): void {
    const waiting = this.#waiting
    if (waiting === null) {
      this.#ahead.push(chunk)
      this.#bytes += sizeOf(chunk)
    } else {
      this.#waiting = null
      waiting.resolve({ done: false, value: chunk })
    }
    if (this.#asked > 1 && this.#bytes < most) return
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
