import { giveBuffer, takeBuffer, type UsedBuffer } from './buffer-pool.ts'

/** Bytes of a buffer that several chunks share. */
const shared = 262_144

/** Content up to this size needs no such buffer. */
const small = 16_384

/** Copies of chunks whose source fills their memory again. Buffers are reused once nothing uses their bytes. */
export class ChunkCopies {
  readonly #used: UsedBuffer[] = []
  /** Bytes of the last buffer that are used. */
  #usedBytes = 0

  copy(chunk: Uint8Array, end: number): Uint8Array {
    if (end <= small) return Buffer.from(chunk)
    const size = chunk.length
    const last = this.#used.at(-1)
    const fits = last !== undefined && this.#usedBytes + size <= last.buffer.length
    const used = fits ? last : this.#take(size)
    const copied = used.buffer.subarray(this.#usedBytes, this.#usedBytes + size)
    copied.set(chunk)
    this.#usedBytes += size
    used.end = end
    return copied
  }

  /** Takes a buffer from the pool. Sizes are powers of two, so that the pool has few of them. */
  #take(size: number): UsedBuffer {
    const used = { buffer: takeBuffer(Math.max(shared, 2 ** Math.ceil(Math.log2(size)))), end: 0 }
    this.#used.push(used)
    this.#usedBytes = 0
    return used
  }

  /**
   * Nothing uses the bytes before this offset any more.
   *
   * @param isEnd says that no chunk comes after it, so that the last buffer is free, too.
   */
  free(offset: number, isEnd: boolean): void {
    const kept = isEnd ? 0 : 1
    while (this.#used.length > kept && (this.#used[0] as UsedBuffer).end <= offset) {
      giveBuffer((this.#used.shift() as UsedBuffer).buffer)
    }
  }
}
