import type { ReadableStream, ReadableStreamBYOBReader } from 'node:stream/web'
import { types } from 'node:util'
import { UploadError } from '../errors.ts'

/** One step of a reader. */
export type Step = IteratorResult<unknown, unknown>

/** Content that is being read, once, from its beginning. */
export interface Reader {
  /** The next chunk, at once where it is there. */
  next(): Step | PromiseLike<Step>
  /** The connection holds none of the first so many bytes any more; their memory can be reused. */
  release?(bytes: number): void
  /** The source has ended. */
  ended?(): void
  /** Lets go of the source before its end. Called at most once. */
  cancel(reason?: unknown): void
}

export const done: Step = Object.freeze({ done: true, value: undefined })

const nothing = (): void => {}

/** Bytes that are at hand. */
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

/** A Blob, which may stand for a file. */
export function blobReader(blob: Blob): Reader {
  return webReader(blob.stream() as ReadableStream)
}

/** Anything that can be iterated over. */
export function iteratorReader(iterable: AsyncIterable<unknown> | Iterable<unknown>): Reader {
  const iterator =
    Symbol.asyncIterator in iterable
      ? iterable[Symbol.asyncIterator]()
      : iterable[Symbol.iterator]()
  return {
    next: () => iterator.next(),
    cancel: () => {
      // What a source does on its way out does not concern the upload.
      leave(iterator).catch(nothing)
    },
  }
}

async function leave(iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  await iterator.return?.()
}

/** Bytes of the buffer that a byte stream fills. */
const byobSize = 262_144

/** A web stream, of `Uint8Array` chunks as in fetch. A byte stream fills a buffer that it is given. */
export function webReader(stream: ReadableStream): Reader {
  const byob = byobReaderOf(stream)
  const reader = byob ?? stream.getReader()
  // A stream may break while nothing is read from it; the next read says so.
  reader.closed.catch(nothing)
  const cancel = (reason?: unknown): void => {
    reader.cancel(reason).catch(nothing)
  }
  const read = (): Promise<unknown> =>
    byob === null
      ? (reader as ReadableStreamDefaultReader).read()
      : byob.read(new Uint8Array(byobSize))
  return {
    next: async () => {
      const step = (await read()) as Step
      // Any other chunk is a TypeError (Fetch standard, HTTP-network fetch).
      if (step.done || types.isUint8Array(step.value)) return step
      const error = notBytes(step.value)
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
    // It is no byte stream.
    return null
  }
}

function notBytes(value: unknown): UploadError {
  const what = typeof value === 'object' ? Object.prototype.toString.call(value) : typeof value
  return new UploadError(
    'ERR_EXPECT_CONTENT_TYPE',
    `The ReadableStream yielded ${what}, but fetch takes Uint8Array chunks only; pipe text through a TextEncoderStream`,
  )
}
