/** Bytes per write: the first size, and the largest; and bytes that are read ahead of a write. */
export interface SliceSizes {
  readonly first: number
  readonly max: number
  readonly ahead: number
}

export const usualSizes: SliceSizes = { first: 1_048_576, max: 4_194_304, ahead: 524_288 }
const smallest = 65_536
const quickMs = 50
const slowMs = 500

/**
 * The number of bytes per write. It grows on a fast connection, because each write has a cost, and
 * shrinks on a slow one, because progress is reported after each write.
 */
export class SliceSize {
  bytes: number
  readonly #max: number

  constructor({ first, max }: SliceSizes) {
    this.bytes = first
    this.#max = max
  }

  /** A write of this size took this many milliseconds. */
  took(milliseconds: number): void {
    if (milliseconds < quickMs) this.bytes = Math.min(this.bytes * 2, this.#max)
    else if (milliseconds > slowMs && this.bytes > smallest) this.bytes /= 2
  }
}
