import { SliceSize } from '../connection/slice-size.ts'
import type { Reading, Step } from './reading.ts'

const done: Step = { done: true, value: undefined }

/** A buffer in slices, without copies. */
export function bufferReading(buffer: Uint8Array): Reading {
  const size = new SliceSize()
  let at = 0
  let begun = 0
  return {
    next: () => {
      if (at >= buffer.length) return done
      const now = performance.now()
      if (at > 0) size.took(now - begun)
      begun = now
      const value = buffer.subarray(at, at + size.bytes)
      at += value.length
      return { done: false, value }
    },
    cancel: () => {},
  }
}
