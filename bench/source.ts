import { randomFillSync } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { ContentPlan } from './job.ts'

const chunkSize = 65_536

/** Content in the shapes that clients take. Whoever uploads it declares its length. */
export class Source {
  readonly kind: ContentPlan['kind']
  readonly size: number
  readonly #path: string | undefined
  readonly #bytes: Buffer

  constructor({ kind, size, path }: ContentPlan) {
    this.kind = kind
    this.size = size
    this.#path = path
    // A generator's chunks are cut from one mebibyte over and over.
    const held = { buffer: size, generator: Math.min(size, 1_048_576), file: 0 }[kind]
    this.#bytes = Buffer.allocUnsafeSlow(held)
    // The system calls take at most 2 GiB, and pages that were never written cost less.
    for (let at = 0; at < held; at += 1_048_576) {
      randomFillSync(this.#bytes, at, Math.min(1_048_576, held - at))
    }
  }

  /** The file's path. */
  get path(): string {
    if (this.#path === undefined) throw new Error(`Content of kind '${this.kind}' has no path`)
    return this.#path
  }

  /** The whole of a buffer. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** Content as most clients take it best: a buffer, a generator, or Node's file stream. */
  body(): Buffer | AsyncGenerator<Buffer> | Readable {
    if (this.kind === 'buffer') return this.#bytes
    return this.kind === 'file' ? createReadStream(this.path) : this.chunks()
  }

  /** The same for clients that take no generators. */
  streamOrBytes(): Buffer | Readable {
    const body = this.body()
    if (Buffer.isBuffer(body) || body instanceof Readable) return body
    return Readable.from(body, { objectMode: false })
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const held = this.#bytes.length
    for (let at = 0; at < this.size; at += chunkSize) {
      const start = at % held
      const size = Math.min(chunkSize, this.size - at)
      yield this.#bytes.subarray(start, Math.min(start + size, held))
    }
  }
}
