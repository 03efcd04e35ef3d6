/** How many bytes are written at once: at first, and when it goes quickly. */
export interface SliceSizes {
  readonly first: number
  readonly most: number
}

const usual: SliceSizes = { first: 1_048_576, most: 4_194_304 }
const smallest = 65_536
// Milliseconds that a slice took to send.
const quick = 50
const slow = 500

/**
 * How much content is written at once: the more the quicker it goes, because each write costs
 * some work, and the less the slower it goes, because progress is told after each.
 */
export class SliceSize {
  readonly #most: number
  #bytes: number

  constructor({ first, most }: SliceSizes = usual) {
    this.#most = most
    this.#bytes = first
  }

  get bytes(): number {
    return this.#bytes
  }

  /** A slice of this size took so many milliseconds. */
  took(milliseconds: number): void {
    if (milliseconds < quick) this.#bytes = Math.min(this.#bytes * 2, this.#most)
    else if (milliseconds > slow && this.#bytes > smallest) this.#bytes /= 2
  }
}
