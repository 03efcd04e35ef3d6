import type { ReadableStream } from 'node:stream/web'
import { types } from 'node:util'
import { UploadError } from '../errors.ts'

/** One step of a reading. */
export type Step = IteratorResult<unknown, unknown>

/** Content that is being read, once, from its beginning. */
export interface Reading {
  /**
   * The next chunk.
   *
   * @param taken is how many bytes of the content nobody holds any more; the memory that they
   * were in may be filled again.
   */
  next(taken?: number): Step | Promise<Step>
  /** Lets go of the source before its end. Called at most once. */
  cancel(reason?: unknown): void
}

const nothing = (): void => {}

/** A Blob, which may stand for a file. */
export function blobReading(blob: Blob): Reading {
  return webReading(blob.stream() as ReadableStream, nothing)
}

/** Anything that can be iterated over. */
export function iteratorReading(iterable: AsyncIterable<unknown> | Iterable<unknown>): Reading {
  const iterator =
    Symbol.asyncIterator in iterable
      ? iterable[Symbol.asyncIterator]()
      : iterable[Symbol.iterator]()
  return {
    next: () => {
      const step = iterator.next()
      // That of a generator of another realm is no Promise of this one.
      return 'then' in step ? Promise.resolve(step) : step
    },
    cancel: () => {
      // What a source does on its way out is its own affair.
      leave(iterator).catch(nothing)
    },
  }
}

async function leave(iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  await iterator.return?.()
}

/**
 * A web stream, of `Uint8Array` chunks as in fetch. It may break while nobody reads from it;
 * `failed` is told.
 */
export function webReading(stream: ReadableStream, failed: (error: unknown) => void): Reading {
  const reader = stream.getReader()
  reader.closed.catch(failed)
  const cancel = (reason?: unknown): void => {
    reader.cancel(reason).catch(nothing)
  }
  return {
    next: async () => {
      const step = await reader.read()
      // Any other chunk is a TypeError (Fetch standard, HTTP-network fetch).
      if (step.done || types.isUint8Array(step.value)) return step as Step
      const error = notBytes(step.value)
      cancel(error)
      throw error
    },
    cancel,
  }
}

function notBytes(value: unknown): UploadError {
  const what = typeof value === 'object' ? Object.prototype.toString.call(value) : typeof value
  return new UploadError(
    'ERR_EXPECT_CONTENT_TYPE',
    `The ReadableStream yielded ${what}, but fetch takes Uint8Array chunks only; pipe text through a TextEncoderStream`,
  )
}
