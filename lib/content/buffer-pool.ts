/** Bytes that free buffers may hold in all. */
const mostBytes = 16_777_216

const free = new Map<number, Buffer[]>()
let freeBytes = 0

/**
 * A buffer of this size, with anything in it. Making new ones costs more than reading a file
 * into them, so the process keeps those that were given back.
 */
export function takeBuffer(size: number): Buffer {
  const buffer = free.get(size)?.pop()
  if (buffer === undefined) return Buffer.allocUnsafeSlow(size)
  freeBytes -= size
  return buffer
}

/** Gives a buffer back of which nothing is needed any more, by anyone. */
export function giveBuffer(buffer: Buffer): void {
  const size = buffer.length
  if (freeBytes + size > mostBytes) return
  const same = free.get(size)
  if (same === undefined) free.set(size, [buffer])
  else same.push(buffer)
  freeBytes += size
}
