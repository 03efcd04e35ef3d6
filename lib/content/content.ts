import type { ReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { types } from 'node:util'
import { FormDataEncoder } from 'form-data-encoder'
import type { FormData as UndiciFormData } from 'undici'
import { fs } from '../builtins.ts'
import { isPiped, pipedReader, tellsOf, watchPiped } from './piped-reader.ts'
import { letGo, readableReader, watchReadable } from './readable-reader.ts'
import { blobReader, bytesReader, iteratorReader, type Reader, webReader } from './readers.ts'

/** What an upload sends, and how it is opened. */
export interface Content {
  /** Bytes, or `null` where that cannot be known. */
  readonly length: number | null
  /** A media type for the request, where the content has one of its own. */
  readonly type: string | null
  /** Whether it can be opened again. */
  readonly replayable: boolean
  /** Whether its length is beyond doubt, so that its end need not be looked for. */
  readonly exact: boolean
  /** Whether code of the caller's runs when it is read. */
  readonly callsOut: boolean
  /** All of it, where it is at hand; mocks can then match on it. */
  readonly buffered?: string | Buffer
  /** Whether `open` goes to a byte by itself; what comes before it is read and dropped otherwise. */
  readonly seeks?: boolean
  /** Which state of a file it is. */
  readonly revision?: string
  /** Looks its length up, where that takes a look at a file. Called before anything is sent. */
  lookUp?(this: void): Promise<Content>
  /** Begins to read, at a byte where it `seeks`. Called after the go-ahead. */
  open(this: void, start?: number): Reader | Promise<Reader>
  /** Tells when it breaks before it is opened. Answers a function that stops that. */
  watch?(onBroken: (error: unknown) => void): () => void
  /** Lets go of it where it was never opened. */
  discard?(reason?: unknown): void
}

/** Content of a length that is known before it is opened. */
export interface SizedInput {
  /** Bytes. */
  readonly length: number
  /** Called after the go-ahead, and again for each replay. */
  open(opening: Opening): ReplayableInput | OneShotInput | Promise<ReplayableInput | OneShotInput>
}

/**
 * What a content function is given that has a parameter: it answers the content from this byte on. One
 * without gets nothing, and answers all of it.
 */
export interface Opening {
  /** 0, but for an upload that goes on after an interruption. */
  readonly start: number
}

/** Content that can be read once. */
export type OneShotInput =
  | Readable
  | ReadableStream
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>

/** Content that is at hand, and can be opened again. */
export type ReplayableInput =
  | string
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Blob
  | URLSearchParams
  | FormData
  | UndiciFormData
  | Content

/**
 * Whatever an upload can send. A function is called after the go-ahead, and again for each replay;
 * it may be async.
 */
export type ContentInput =
  | ReplayableInput
  | OneShotInput
  | SizedInput
  | ((opening: Opening) => ReplayableInput | OneShotInput | Promise<ReplayableInput | OneShotInput>)

/** Marks {@link Content} among what callers pass. */
export const contentKey: unique symbol = Symbol('expect-continue.content')

/** Declares content of one's own making. */
export function makeContent(content: Content): Content {
  return Object.freeze({ ...content, [contentKey]: true })
}

/**
 * Finds out what can be known of content without reading it.
 *
 * @throws TypeError when it is nothing that can be sent, or was read already.
 */
export function contentOf(input: unknown): Content {
  if (typeof input === 'string') {
    return { ...bytes(Buffer.from(input), 'text/plain;charset=UTF-8'), buffered: input }
  }
  if (ArrayBuffer.isView(input)) {
    return bytes(Buffer.from(input.buffer, input.byteOffset, input.byteLength), null)
  }
  if (types.isAnyArrayBuffer(input)) return bytes(Buffer.from(input), null)
  if (typeof input === 'function') return produced(input as Make, null)
  if (typeof input !== 'object' || input === null) throw unusable(input)
  if (contentKey in input) return input as unknown as Content
  if (isSearchParams(input)) {
    return bytes(Buffer.from(input.toString()), 'application/x-www-form-urlencoded;charset=UTF-8')
  }
  if (isFormData(input)) return multipart(input)
  if (isBlob(input)) return blob(input)
  if (isSized(input)) return sized(input)
  return pieces(input)
}

function bytes(buffer: Buffer, type: string | null): Content {
  return {
    length: buffer.length,
    type,
    replayable: true,
    exact: true,
    callsOut: false,
    buffered: buffer,
    seeks: true,
    open: (start) => bytesReader(buffer.subarray(start)),
  }
}

function blob(input: Blob): Content {
  return {
    length: input.size,
    type: input.type === '' ? null : input.type,
    replayable: true,
    exact: true,
    callsOut: false,
    seeks: true,
    open: (start) => blobReader(start ? input.slice(start) : input),
  }
}

function multipart(input: FormData): Content {
  const encoder = new FormDataEncoder(input)
  const { contentLength, contentType } = encoder
  return {
    length: contentLength === undefined ? null : Number(contentLength),
    type: contentType,
    replayable: true,
    exact: contentLength !== undefined,
    callsOut: false,
    open: () => iteratorReader(encoder),
  }
}

function sized({ length, open }: SizedInput): Content {
  if (Number.isSafeInteger(length) && length >= 0) return produced(open as Make, length)
  throw new TypeError(
    `Content with 'open' must have a 'length' in bytes, a whole number from 0, not ${String(length)}`,
  )
}

type Make = (opening?: Opening) => unknown

/** Content that a function makes, which is not called before it is opened. */
function produced(make: Make, length: number | null): Content {
  let made: unknown
  const reader = async (found: unknown): Promise<Reader> => {
    const input = await guarded(found)
    if (typeof input === 'function') throw unusable(input)
    const content = contentOf(input)
    if (made === input && !content.replayable) {
      throw usedUp('The function returned the same one-shot content again')
    }
    made = input
    const known = (await content.lookUp?.()) ?? content
    return known.open()
  }
  return {
    length,
    type: null,
    // Each call may bring something else, so the end is always looked for.
    exact: false,
    replayable: true,
    callsOut: true,
    seeks: make.length > 0,
    open: (start = 0) => reader(make.length > 0 ? make({ start }) : make()),
  }
}

/** What a function made. A stream may break before it is read, which would end the process. */
async function guarded(found: unknown): Promise<unknown> {
  const before = watched(found)
  const input = await found
  const stream = before ?? watched(input)
  if (stream?.errored) throw stream.errored
  return input
}

function watched(input: unknown): Readable | null {
  if (!(input instanceof Readable)) return null
  input.on('error', () => {})
  return input
}

/** Something that is read piece by piece; of these only an array can be read again. */
function pieces(input: object): Content {
  const opened = opener(input)
  const content: Content = {
    ...(isPiped(input) && !isNodeReadable(input) ? tellsOf(input) : { length: null, type: null }),
    replayable: Array.isArray(input),
    exact: false,
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

/** Iterators that were read; there is no other way to tell a spent one from an empty one. */
const spent = new WeakSet<object>()

type Opener = Pick<Content, 'watch' | 'discard'> & { open(): Reader }

/** How a kind of source is read. Refuses one that was read already. */
function opener(input: object): Opener {
  if (input instanceof Readable || isNodeReadable(input)) {
    const stream = input as Readable
    if (stream.destroyed || stream.readableEnded) {
      throw usedUp('The stream was read to its end or destroyed')
    }
    return {
      open: () => readableReader(stream),
      watch: (onBroken) => watchReadable(stream, onBroken),
      discard: () => letGo(stream),
    }
  }
  if (isWebStream(input)) {
    // Works for web streams too, which its type does not say.
    if (Readable.isDisturbed(input as unknown as Readable)) {
      throw usedUp('The ReadableStream was read from or cancelled')
    }
    if (input.locked) throw usedUp('The ReadableStream is locked, because something else reads it')
    return {
      open: () => webReader(input),
      discard: (reason) => {
        if (!input.locked) input.cancel(reason).catch(() => {})
      },
    }
  }
  if (Symbol.asyncIterator in input || Symbol.iterator in input) {
    const open = (): Reader => iteratorReader(input as AsyncIterable<unknown> | Iterable<unknown>)
    return 'next' in input ? iteratorOpener(input, open) : { open }
  }
  if (isPiped(input)) {
    return {
      open: () => pipedReader(input),
      watch: (onBroken) => watchPiped(input, onBroken),
      discard: () => {
        input.destroy?.()
      },
    }
  }
  throw unusable(input)
}

/** An iterator, which is read once. What was let go of counts as read. */
function iteratorOpener(input: object, open: () => Reader): Opener {
  if (spent.has(input)) throw usedUp('The iterator was read by another upload')
  return {
    open: () => {
      if (spent.has(input)) throw usedUp('The iterator was read by another upload')
      spent.add(input)
      const reader = open()
      return {
        next: reader.next,
        ended: () => spoil(input),
        cancel: (reason) => {
          reader.cancel(reason)
          spoil(input)
        },
      }
    },
    discard: () => {
      spent.add(input)
      open().cancel()
      spoil(input)
    },
  }
}

/**
 * Has an iterator that was read fail when it is read again. undici's retry and redirect interceptors
 * wrap it, so that it is not seen for what it is: they would send an empty body in its place.
 */
function spoil(iterator: object): void {
  const next = (): Promise<never> =>
    Promise.reject(usedUp('The iterator was read by another upload'))
  // A frozen one stays as it is.
  Reflect.defineProperty(iterator, 'next', { configurable: true, value: next })
}

/** Bytes that a file stream will read, where it reads a regular file by its path. */
async function fileStreamLength(stream: ReadStream): Promise<number | null> {
  // Its types leave out what its options were.
  const { path, start = 0, end } = stream as ReadStream & { start?: number; end?: number }
  // With an encoding it yields text, whose length is another.
  if (!path || stream.bytesRead > 0 || stream.readableEncoding !== null) return null
  const stats = await fs.promises.stat(path).catch(() => null)
  // A size of 0 may hide content, below /proc for instance.
  if (!stats?.isFile() || stats.size === 0) return null
  const last = Math.min(end ?? Number.POSITIVE_INFINITY, stats.size - 1)
  return Math.max(0, last + 1 - start)
}

// Blob and FormData come in several realms: the platform's and undici's.
function isBlob(input: object): input is Blob {
  const tag = tagOf(input)
  return (tag === 'Blob' || tag === 'File') && 'stream' in input && 'size' in input
}

function isSearchParams(input: object): boolean {
  return tagOf(input) === 'URLSearchParams'
}

function isSized(input: object): input is SizedInput {
  return 'open' in input && typeof input.open === 'function' && 'length' in input
}

function isFormData(input: object): input is FormData {
  return tagOf(input) === 'FormData' && 'getAll' in input
}

function isWebStream(input: object): input is ReadableStream {
  return 'getReader' in input && 'locked' in input
}

function isNodeReadable(input: object): boolean {
  return 'pipe' in input && 'on' in input && Symbol.asyncIterator in input
}

function tagOf(input: object): unknown {
  return (input as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
}

function usedUp(what: string): TypeError {
  return new TypeError(
    `${what}; pass a stream that nobody has read from, or a function that makes one`,
  )
}

function unusable(input: unknown): TypeError {
  const what = typeof input === 'object' ? Object.prototype.toString.call(input) : typeof input
  return new TypeError(
    `Content must be a string, bytes, a Blob, FormData, URLSearchParams, a stream, an iterable, fromFile() or a function that returns one of these, not ${what}`,
  )
}
