import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import type { SeenRequest } from './seen.ts'

/** A SeenRequest while it changes. */
export type Seen = { -readonly [Name in keyof SeenRequest]: SeenRequest[Name] }

/** What to do with the content of one request. */
export interface IntakeOptions {
  /** Whether it is kept in memory. */
  readonly keep: boolean
  /** Where it is written. */
  readonly store: Writable | null
  /** Called when all of it has come. */
  readonly onEnd: () => void
  /** Called once: when all of it has come and was stored, or with the error of storing it. */
  readonly onTaken: (error: Error | null) => void
}

/** Reads the content of a request: counts and hashes it, and keeps or stores it. */
export class Intake {
  readonly #message: IncomingMessage
  readonly #seen: Seen
  readonly #options: IntakeOptions
  readonly #hash = createHash('sha256')
  readonly #chunks: Buffer[] = []

  constructor(message: IncomingMessage, seen: Seen, options: IntakeOptions) {
    this.#message = message
    this.#seen = seen
    this.#options = options
  }

  begin(): void {
    const { store } = this.#options
    this.#message.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#message.on('end', () => this.#end())
    // A client that closes the connection must not end the origin.
    this.#message.on('error', () => {})
    if (store !== null) this.#watch(store)
  }

  #watch(store: Writable): void {
    const { onTaken } = this.#options
    store.on('drain', () => this.#message.resume())
    store.on('finish', () => onTaken(null))
    store.on('error', (error) => {
      // Reads and drops the rest.
      this.#message.resume()
      onTaken(error)
    })
    this.#message.on('close', () => {
      if (!this.#message.complete) store.destroy()
    })
  }

  #take(chunk: Buffer): void {
    const { keep, store } = this.#options
    this.#seen.bytes += chunk.length
    this.#hash.update(chunk)
    if (keep) this.#chunks.push(chunk)
    if (store === null || store.destroyed) return
    if (!store.write(chunk)) this.#message.pause()
  }

  #end(): void {
    const { store, onEnd, onTaken } = this.#options
    this.#seen.sha256 = this.#hash.digest('hex')
    this.#seen.content = Buffer.concat(this.#chunks)
    onEnd()
    if (store === null) onTaken(null)
    else if (!store.destroyed) store.end()
  }
}
