/** Bytes of the first slice of a buffer. */
export const firstSlice = 1_048_576

const smallest = 65_536
const largest = 4_194_304
// Milliseconds that a slice took to send.
const quick = 50
const slow = 500

/**
 * How large the slices are that a buffer is sent in: the larger the quicker they go, because
 * each costs some work, and the smaller the slower they go, because progress is told after each.
 */
export class SliceSize {
  #bytes = firstSlice

  get bytes(): number {
    return this.#bytes
  }

  /** A slice of this size took so many milliseconds. */
  took(milliseconds: number): void {
    if (milliseconds < quick) this.#bytes = Math.min(this.#bytes * 2, largest)
    else if (milliseconds > slow) this.#bytes = Math.max(this.#bytes / 2, smallest)
  }
}
