const first = 1_048_576
const smallest = 65_536
const largest = 4_194_304
// Milliseconds that a slice took to send.
const quick = 50
const slow = 500

/**
 * How much content is written at once: the more the quicker it goes, because each write costs
 * some work, and the less the slower it goes, because progress is told after each.
 */
export class SliceSize {
  readonly #largest: number
  #bytes: number

  constructor(atMost: number = largest) {
    this.#largest = atMost
    this.#bytes = Math.min(first, atMost)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** A slice of this size took so many milliseconds. */
  took(milliseconds: number): void {
    if (milliseconds < quick) this.#bytes = Math.min(this.#bytes * 2, this.#largest)
    else if (milliseconds > slow) this.#bytes = Math.max(this.#bytes / 2, smallest)
  }
}
