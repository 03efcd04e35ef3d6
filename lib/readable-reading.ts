import { finished, type Readable } from 'node:stream'
import type { Reading, Step } from './reading.ts'

const done: Step = { done: true, value: undefined }

/**
 * A Node stream. What it has at hand is read at once, which its own iterator would wait for.
 * It may break while nobody reads from it; `failed` is told.
 */
export class ReadableReading implements Reading {
  readonly #stream: Readable
  #begun = false
  /** How it ended: with an error, or `null` for none; `undefined` as long as it has not. */
  #end: Error | null | undefined
  #waiting: { resolve(step: Step): void; reject(error: unknown): void } | null = null

  constructor(stream: Readable, failed: (error: unknown) => void) {
    this.#stream = stream
    stream.on('error', failed)
  }

  next(): Step | Promise<Step> {
    if (!this.#begun) this.#begin()
    return this.#step() ?? this.#later()
  }

  // The error listener stays: a stream may still break while it is being destroyed.
  cancel(): void {
    this.#stream.destroy()
  }

  #begin(): void {
    this.#begun = true
    const look = (): void => this.#look()
    this.#stream.on('readable', look)
    finished(this.#stream, { writable: false }, (error) => {
      this.#end = error ?? null
      this.#look()
    })
  }

  /** What can be told now; `null` for nothing yet. */
  #step(): Step | null {
    const value: unknown = this.#stream.destroyed ? null : this.#stream.read()
    if (value !== null) return { done: false, value }
    if (this.#end === undefined) return null
    if (this.#end === null) return done
    throw this.#end
  }

  #later(): Promise<Step> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  #look(): void {
    const waiting = this.#waiting
    if (waiting === null) return
    try {
      const step = this.#step()
      if (step === null) return
      this.#waiting = null
      waiting.resolve(step)
    } catch (error) {
      this.#waiting = null
      waiting.reject(error)
    }
  }
}
