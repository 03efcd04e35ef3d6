/** Buffers that are kept to be filled again: one on its way, one that waits, and one being filled. */
const most = 3

/**
 * Buffers of one size, each to be filled again once nobody holds what was in it. Making new ones
 * costs more than reading a file into them.
 */
export class BufferRing {
  readonly #size: number
  readonly #lent: { readonly buffer: Buffer; readonly end: number }[] = []

  constructor(size: number) {
    this.#size = size
  }

  /**
   * A buffer to fill.
   *
   * @param end is where the bytes that it is for end in the content.
   * @param taken is how many bytes of the content nobody holds any more.
   */
  take(end: number, taken: number): Buffer {
    const [oldest] = this.#lent
    const free = oldest !== undefined && oldest.end <= taken
    const buffer = free ? oldest.buffer : Buffer.allocUnsafeSlow(this.#size)
    // Where nothing is ever known to be taken, nothing is kept either.
    if (free || this.#lent.length === most) this.#lent.shift()
    this.#lent.push({ buffer, end })
    return buffer
  }
}
