import type { ReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { fs } from '../runtime/builtins.ts'
import type { Content } from './content.ts'
import { readElsewhere, unusable, usedUp } from './content-errors.ts'
import {
  isPiped,
  type PipedStream,
  pipedReader,
  typeAndLength,
  wasPiped,
  watchEmission,
  watchPiped,
} from './piped-reader.ts'
import { discardStream, readableReader, watchReadable } from './readable-reader.ts'
import { iteratorReader, type Reader, webReader } from './readers.ts'

/**
 * The content of a stream or an iterable. Only an array can be read again.
 *
 * @throws TypeError when it is neither, or was already read.
 */
export function streamContent(input: object): Content {
  const opened = opener(input)
  const content: Content = {
    ...(isPiped(input) && !isNodeReadable(input)
      ? typeAndLength(input)
      : { length: null, type: null }),
    replayable: Array.isArray(input),
    callsOut: true,
    ...opened,
  }
  if (!(input instanceof fs.ReadStream)) return content
  const lookUp = async (): Promise<Content> => ({
    ...content,
    length: await fileStreamLength(input),
  })
  return { ...content, lookUp }
}

/** Iterators that were read. A consumed iterator looks like an empty one. */
const consumed = new WeakSet<object>()

type Opener = Pick<Content, 'watch' | 'discard'> & { open(): Reader }

function opener(input: object): Opener {
  if (input instanceof Readable || isNodeReadable(input)) return readableOpener(input as Readable)
  if (isWebStream(input)) return webOpener(input)
  if (Symbol.asyncIterator in input || Symbol.iterator in input) {
    return iterableOpener(input as AsyncIterable<unknown> | Iterable<unknown>)
  }
  if (isPiped(input)) return pipedOpener(input)
  throw unusable(input)
}

function readableOpener(stream: Readable): Opener {
  if (stream.destroyed || stream.readableEnded || isDrained(stream)) {
    throw usedUp('The stream was read to its end or destroyed')
  }
  // A stream that flows to other code, too, would be lost to the upload until the content may be sent.
  if (stream.readableFlowing === true) stream.pause()
  const isRead = watchReads(stream)
  return {
    open: () => {
      if (isRead()) throw readElsewhere()
      return readableReader(stream)
    },
    watch: (onBroken) => watchReadable(stream, onBroken),
    discard: () => discardStream(stream),
  }
}

function webOpener(stream: ReadableStream): Opener {
  // isDisturbed() accepts web streams too, although its type does not.
  const isDisturbed = (): boolean => Readable.isDisturbed(stream as unknown as Readable)
  if (isDisturbed()) throw usedUp('The ReadableStream was read from or cancelled')
  if (stream.locked) throw usedUp('The ReadableStream is locked, because something else reads it')
  return {
    open: () => {
      if (stream.locked || isDisturbed()) throw readElsewhere()
      return webReader(stream)
    },
    discard: (reason) => {
      if (!stream.locked) stream.cancel(reason).catch(() => {})
    },
  }
}

function pipedOpener(stream: PipedStream): Opener {
  if (wasPiped(stream)) throw usedUp('The stream was read before')
  const hasEmitted = watchEmission(stream)
  return {
    open: () => {
      if (hasEmitted()) throw readElsewhere()
      return pipedReader(stream)
    },
    watch: (onBroken) => watchPiped(stream, onBroken),
    discard: () => {
      stream.destroy?.()
    },
  }
}

/**
 * Watches for reads by other code; returns a function that stops watching, and returns whether there were any.
 * `readableDidRead` is of no use when a stream was read before, for example to look at its first bytes and
 * put them back. Only later data counts then.
 */
function watchReads(stream: Readable): () => boolean {
  if (!stream.readableDidRead) return () => stream.readableDidRead
  let isRead = false
  const read = (): void => {
    isRead = true
  }
  const resumed = (): void => {
    // A 'data' listener would make a stream flow that does not flow yet.
    if (stream.readableFlowing === true) stream.on('data', read)
  }
  stream.on('resume', resumed)
  return () => {
    stream.off('resume', resumed).off('data', read)
    return isRead
  }
}

/** Whether all of a stream was read, and its 'end' event is yet to come. */
function isDrained(stream: Readable): boolean {
  const { _readableState: state } = stream as { _readableState?: { ended: boolean } }
  return stream.readableDidRead && stream.readableLength === 0 && state?.ended === true
}

function iterableOpener(input: AsyncIterable<unknown> | Iterable<unknown>): Opener {
  // Generators often read into one buffer, and yield it again and again.
  const open = (): Reader => ({ ...iteratorReader(input), refills: !Array.isArray(input) })
  return 'next' in input ? iteratorOpener(input, open) : { open }
}

/** An iterator, which can be read only once. A discarded one counts as read. */
function iteratorOpener(input: object, open: () => Reader): Opener {
  if (consumed.has(input)) throw usedUp('The iterator was read by another upload')
  return {
    open: () => {
      if (consumed.has(input)) throw usedUp('The iterator was read by another upload')
      consumed.add(input)
      const reader = open()
      return {
        ...reader,
        ended: () => disable(input),
        cancel: (reason) => {
          reader.cancel(reason)
          disable(input)
        },
      }
    },
    discard: () => {
      consumed.add(input)
      open().cancel()
      disable(input)
    },
  }
}

/**
 * Makes an iterator that was read throw when it is read again. undici's retry and redirect
 * interceptors wrap it in another object, which is not in `consumed`. They would send an empty body.
 */
function disable(iterator: object): void {
  const next = (): Promise<never> =>
    Promise.reject(usedUp('The iterator was read by another upload'))
  // Returns false for a frozen iterator, where Object.defineProperty() throws.
  Reflect.defineProperty(iterator, 'next', { configurable: true, value: next })
}

/** Bytes that a file stream will read; `null` unless it reads a regular file by its path. */
async function fileStreamLength(stream: ReadStream): Promise<number | null> {
  // The types of ReadStream leave out `start` and `end`.
  const { path, start = 0, end } = stream as ReadStream & { start?: number; end?: number }
  // With an encoding it yields text, whose length differs.
  if (!path || stream.bytesRead > 0 || stream.readableEncoding !== null) return null
  const stats = await fs.promises.stat(path).catch(() => null)
  // Files in /proc have a size of 0 but may have content.
  if (!stats?.isFile() || stats.size === 0) return null
  const last = Math.min(end ?? Number.POSITIVE_INFINITY, stats.size - 1)
  return Math.max(0, last + 1 - start)
}

function isWebStream(input: object): input is ReadableStream {
  return 'getReader' in input && 'locked' in input
}

function isNodeReadable(input: object): boolean {
  return 'pipe' in input && 'on' in input && Symbol.asyncIterator in input
}
