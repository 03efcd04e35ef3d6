import type { Reading, Step } from './reading.ts'

/** Bytes of the first slice of a buffer. */
export const firstSlice = 1_048_576

const smallest = 65_536
const largest = 4_194_304
// Milliseconds that a slice took to send.
const quick = 50
const slow = 500

const done: Step = { done: true, value: undefined }

/**
 * A buffer in slices, without copies: the larger the quicker they go, because each costs some
 * work, and the smaller the slower they go, because progress is told after each.
 */
export function bufferReading(buffer: Uint8Array): Reading {
  let at = 0
  let size = firstSlice
  let begun = 0
  return {
    next: () => {
      if (at >= buffer.length) return done
      const now = performance.now()
      if (at > 0) size = sizeAfter(size, now - begun)
      begun = now
      const value = buffer.subarray(at, at + size)
      at += size
      return { done: false, value }
    },
    cancel: () => {},
  }
}

function sizeAfter(size: number, milliseconds: number): number {
  if (milliseconds < quick) return Math.min(size * 2, largest)
  return milliseconds > slow ? Math.max(size / 2, smallest) : size
}
