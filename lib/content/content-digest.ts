import { createHash, type Hash } from 'node:crypto'

/** The algorithms of RFC 9530 that are secure. */
export type DigestAlgorithm = 'sha-256' | 'sha-512'

/** The digest of the whole content, computed while it is read. Bytes that are read again count once. */
export class ContentDigest {
  readonly #algorithm: string
  #hash: Hash
  /** The offset up to which the content was hashed. Content that is opened behind it cannot be hashed further. */
  hashedBytes = 0

  constructor(algorithm: DigestAlgorithm) {
    this.#algorithm = algorithm.replace('-', '')
    this.#hash = createHash(this.#algorithm)
  }

  /** The content is sent again from its beginning, and may have other bytes this time. */
  restart(): void {
    if (this.hashedBytes === 0) return
    this.#hash = createHash(this.#algorithm)
    this.hashedBytes = 0
  }

  update(bytes: Uint8Array, end: number): void {
    if (end <= this.hashedBytes) return
    this.#hash.update(bytes.subarray(this.hashedBytes - (end - bytes.length)))
    this.hashedBytes = end
  }

  /** The digest of the content up to this offset; `null` when the content was not hashed to there. */
  upTo(end: number | null): Buffer | null {
    return end === this.hashedBytes ? this.#hash.copy().digest() : null
  }
}
