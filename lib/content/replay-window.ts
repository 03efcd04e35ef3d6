/** The latest bytes of one-shot content, which another attempt can send again. */
export class ReplayWindow {
  readonly #size: number
  readonly #slides: boolean
  #chunks: Uint8Array[] = []
  /** The offset of the first kept byte. */
  start = 0
  /** The index of the first kept chunk, which counts dropped ones. */
  first = 0
  /** How many of the dropped chunks are removed from the list. */
  #cut = 0

  /**
   * @param size in bytes.
   * @param slides says whether the latest bytes are kept when there are more. Otherwise none are.
   */
  constructor(size: number, slides: boolean) {
    this.#size = size
    this.#slides = slides
  }

  at(index: number): Uint8Array | undefined {
    return this.#chunks[index - this.#cut]
  }

  /**
   * Adds a chunk that ends at an offset; returns whether chunks are kept.
   *
   * @param partEnd is the offset from which the next part is sent; its bytes are kept in any case.
   */
  add(bytes: Uint8Array, end: number, partEnd: number | null = null): boolean {
    const from = Math.min(end - this.#size, partEnd ?? end)
    // Without resumption only the whole content can be sent again, so a part is not worth keeping.
    if (!this.#slides && (from > 0 || this.start > 0)) {
      this.#chunks = []
      this.start = end
      return false
    }
    this.#chunks.push(bytes)
    while (this.start < from) this.#drop(from - this.start)
    return true
  }

  /** Drops the chunks before an offset, and none from this index on. */
  acknowledge(offset: number, index: number): void {
    while (this.first < index) {
      const length = this.at(this.first)?.length ?? 0
      if (length === 0 || this.start + length > offset) return
      this.#drop(length)
    }
  }

  clear(): void {
    this.#chunks = []
  }

  /** Drops bytes from the first chunk, at most all of it. */
  #drop(bytes: number): void {
    const at = this.first - this.#cut
    const chunk = this.#chunks[at] as Uint8Array
    this.start += Math.min(bytes, chunk.length)
    this.#chunks[at] = chunk.length > bytes ? chunk.subarray(bytes) : dropped
    if (chunk.length > bytes) return
    this.first += 1
    // Dropped chunks are removed many at a time, because each removal moves the rest of the list.
    if (at * 2 < this.#chunks.length) return
    this.#chunks.splice(0, at + 1)
    this.#cut = this.first
  }
}

const dropped = new Uint8Array(0)
