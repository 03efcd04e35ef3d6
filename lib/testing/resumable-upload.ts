import { createHash } from 'node:crypto'
import { finished, type Writable } from 'node:stream'
import type { OriginResponse } from './serving.ts'

/** A resumable upload at the origin. */
export interface SeenUpload {
  /** The path of its resource. */
  readonly path: string
  /** The method and the path of the request that created it. */
  readonly target: string
  /** Bytes that have come and count. */
  readonly offset: number
  /** The length of the content, if the client has declared it. */
  readonly length: number | null
  readonly state: 'open' | 'complete' | 'cancelled' | 'invalid'
  /** The number of requests with content. */
  readonly appends: number
  /** Bytes of content that have come, including dropped ones. */
  readonly received: number
  /** The sha256 of the bytes that count, in hex. */
  readonly sha256: string
  /** The bytes that count, if `keepContent` is set. */
  readonly content: Buffer
}

export class ResumableUpload implements SeenUpload {
  readonly path: string
  readonly target: string
  offset = 0
  received = 0
  appends = 0
  length: number | null = null
  state: SeenUpload['state'] = 'open'
  answer: OriginResponse | null = null
  /** Whether the client wants the digest of the content (RFC 9530). */
  wantsDigest = false
  /** Ends the request that brings content. */
  interrupt: (() => void) | null = null
  #store: Writable | null = null
  readonly #chunks: Buffer[] = []
  readonly #hash = createHash('sha256')

  constructor(path: string, target: string) {
    this.path = path
    this.target = target
  }

  writeTo(store: Writable): void {
    this.#store = store
    store.on('error', () => {
      this.state = 'invalid'
    })
  }

  /** Takes bytes. Returns the stream to wait for, if it has no room. */
  append(chunk: Buffer, keep: boolean): Writable | null {
    this.#hash.update(chunk)
    this.offset += chunk.length
    if (keep) this.#chunks.push(chunk)
    if (this.#store === null || this.#store.destroyed) return null
    return this.#store.write(chunk) ? null : this.#store
  }

  /** Calls this once all of the content was stored, or could not be. */
  finish(done: (isStored: boolean) => void): void {
    if (this.#store === null) done(true)
    else if (this.#store.destroyed) done(false)
    else finished(this.#store.end(), (error) => done(!error))
  }

  /** The upload ends without being complete. */
  discard(state: 'cancelled' | 'invalid'): void {
    this.state = state
    this.#store?.destroy()
  }

  get sha256(): string {
    return this.#hash.copy().digest('hex')
  }

  get digestFields(): { 'repr-digest'?: string } {
    if (!this.wantsDigest) return {}
    return { 'repr-digest': `sha-256=:${this.#hash.copy().digest('base64')}:` }
  }

  get content(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}
