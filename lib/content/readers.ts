import type { ReadableStream, ReadableStreamBYOBReader } from 'node:stream/web'
import { types } from 'node:util'
import { notUint8Array } from './content-errors.ts'

export type Step = IteratorResult<unknown, unknown>

/** Opened content, which is read once. */
export interface Reader {
  /** Whether the source may fill the memory of a chunk again when the next one is read, so that it is copied. */
  readonly refills?: boolean
  /** The next chunk; without a promise when it is available. */
  next(): Step | PromiseLike<Step>
  /** The connection no longer uses the first `bytes` bytes, so their memory can be reused. */
  free?(bytes: number): void
  ended?(): void
  /** Discards the source before its end. Called at most once. */
  cancel(reason?: unknown): void
}

export const done: Step = Object.freeze({ done: true, value: undefined })

export const nothing = (): void => {}

export function bytesReader(bytes: Uint8Array): Reader {
  let read = bytes.length === 0
  return {
    next: () => {
      if (read) return done
      read = true
      return { done: false, value: bytes }
    },
    cancel: nothing,
  }
}

const sliceBytes = 524_288

/** Whether the class of a Blob has a stream of its own, whose bytes its slices may not have. */
export function hasOwnStream({ stream }: Blob): boolean {
  return stream !== Blob.prototype.stream
}

/** Reads a Blob, which may be backed by a file. Slices are read in half the time of its stream. */
export function blobReader(blob: Blob, start = 0): Reader {
  if (hasOwnStream(blob)) return webReader(blob.stream() as ReadableStream)
  let at = start
  return {
    next: () => {
      if (at >= blob.size) return done
      // A class may have a slice() of its own, which its stream does not use.
      const slice = Blob.prototype.slice.call(blob, at, at + sliceBytes)
      at += sliceBytes
      return slice.arrayBuffer().then((bytes) => ({ done: false, value: new Uint8Array(bytes) }))
    },
    cancel: nothing,
  }
}

export function iteratorReader(iterable: AsyncIterable<unknown> | Iterable<unknown>): Reader {
  const iterator =
    Symbol.asyncIterator in iterable
      ? iterable[Symbol.asyncIterator]()
      : iterable[Symbol.iterator]()
  return {
    next: () => iterator.next(),
    cancel: () => {
      // An error while the source is discarded must not fail the upload.
      leave(iterator).catch(nothing)
    },
  }
}

async function leave(iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  await iterator.return?.()
}

const byobBytes = 262_144

/** Reads a web stream of `Uint8Array` chunks, as fetch does. A byte stream is read into a given buffer. */
export function webReader(stream: ReadableStream): Reader {
  const byob = byobReaderOf(stream)
  const reader = byob ?? stream.getReader()
  // An error between two reads rejects the next read. This prevents an unhandled rejection before it.
  reader.closed.catch(nothing)
  const cancel = (reason?: unknown): void => {
    reader.cancel(reason).catch(nothing)
  }
  const read = (): Promise<unknown> =>
    byob === null
      ? (reader as ReadableStreamDefaultReader).read()
      : byob.read(new Uint8Array(byobBytes))
  return {
    next: async () => {
      const step = (await read()) as Step
      // Any other chunk is a TypeError (Fetch standard, HTTP-network fetch).
      if (step.done || types.isUint8Array(step.value)) return step
      const error = notUint8Array(step.value)
      cancel(error)
      throw error
    },
    cancel,
  }
}

function byobReaderOf(stream: ReadableStream): ReadableStreamBYOBReader | null {
  try {
    return stream.getReader({ mode: 'byob' })
  } catch {
    // The stream is not a byte stream.
    return null
  }
}
