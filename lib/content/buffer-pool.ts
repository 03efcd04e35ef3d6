export interface UsedBuffer {
  readonly buffer: Buffer
  /** The offset at which its bytes end in the content. */
  end: number
}

/** The most bytes that the pool keeps in free buffers. */
const mostBytes = 16_777_216

const free = new Map<number, Buffer[]>()
let freeBytes = 0

/**
 * Takes a buffer of this size, with arbitrary bytes in it. Allocating a buffer costs more than
 * reading a file into it, so the process keeps the buffers that are given back.
 */
export function takeBuffer(size: number): Buffer {
  const buffer = free.get(size)?.pop()
  if (buffer === undefined) return Buffer.allocUnsafeSlow(size)
  freeBytes -= size
  return buffer
}

/** Nothing may read or write the buffer afterwards: the next {@link takeBuffer} returns it. */
export function giveBuffer(buffer: Buffer): void {
  const size = buffer.length
  if (freeBytes + size > mostBytes) return
  const same = free.get(size)
  if (same === undefined) free.set(size, [buffer])
  else same.push(buffer)
  freeBytes += size
}
