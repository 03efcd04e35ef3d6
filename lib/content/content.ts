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

/** The content of an upload, not yet opened. */
export interface Content {
  /** Bytes; `null` when unknown. */
  readonly length: number | null
  /** The media type for the request; `null` when the content has none. */
  readonly type: string | null
  /** Whether it can be opened again. */
  readonly replayable: boolean
  /** Whether its length is certain, so that it need not be read to its end. */
  readonly exact: boolean
  /** Whether reading it runs code of the caller. */
  readonly callsOut: boolean
  /** The whole content, if it is in memory. Mocks can match on it. */
  readonly buffered?: string | Buffer
  /** Whether `open` can start at an offset. Otherwise the bytes before the offset are read and dropped. */
  readonly seeks?: boolean
  /** Identifies the state of a file. */
  readonly revision?: string
  /** Looks up the length of a file. Called before anything is sent. */
  lookUp?(this: void): Promise<Content>
  /** Begins to read, at an offset if it `seeks`. Called when the content may be sent. */
  open(this: void, start?: number): Reader | Promise<Reader>
  /** Reports an error before it is opened. Returns a function that stops watching. */
  watch?(onBroken: (error: unknown) => void): () => void
  /** Releases it without opening it. */
  discard?(reason?: unknown): void
}

/** Content with a length that is known before it is opened. */
export interface SizedInput {
  /** Bytes. */
  readonly length: number
  /** Called when the content may be sent, and again for each replay. */
  open(opening: Opening): ReplayableInput | OneShotInput | Promise<ReplayableInput | OneShotInput>
}

/**
 * The argument of a content function. A function with a parameter returns the content from `start`
 * on. A function without a parameter returns the whole content.
 */
export interface Opening {
  /** The offset of the first byte; 0 unless an upload is resumed. */
  readonly start: number
}

/** A value that is sent as JSON, with `content-type: application/json`. */
export interface JsonInput {
  readonly json: unknown
}

/** Content that can be read only once. */
export type OneShotInput =
  | Readable
  | ReadableStream
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>

/** Content that can be opened again. */
export type ReplayableInput =
  | string
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Blob
  | URLSearchParams
  | FormData
  | UndiciFormData
  | JsonInput
  | Content

/**
 * The types of content that an upload accepts. A function is called when the content may be sent,
 * and again for each replay; it may be async.
 */
export type ContentInput =
  | ReplayableInput
  | OneShotInput
  | SizedInput
  | ((opening: Opening) => ReplayableInput | OneShotInput | Promise<ReplayableInput | OneShotInput>)

/** Marks {@link Content} objects, to tell them from other input. */
export const contentKey: unique symbol = Symbol('expect-continue.content')

/** Marks an object as {@link Content}. */
export function makeContent(content: Content): Content {
  return Object.freeze({ ...content, [contentKey]: true })
}

/**
 * Converts input to {@link Content} without reading it.
 *
 * @throws TypeError when the input is of another type, or was already read.
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
  if (isJson(input)) return json(input)
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

function json({ json: value }: JsonInput): Content {
  const text = JSON.stringify(value)
  if (text === undefined) {
    throw new TypeError(`Content 'json' must be a value that JSON has, not ${typeof value}`)
  }
  return { ...bytes(Buffer.from(text), 'application/json'), buffered: text }
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
  const encoder = new FormDataEncoder(withFiles(input))
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

/**
 * A form whose files are Files. Bun's are Blobs with a name, which the encoder would write as the text
 * "[object Blob]".
 */
function withFiles(input: FormData): FormData {
  const entries = [...input.entries()]
  if (!entries.some(([, value]) => tagOf(Object(value)) === 'Blob')) return input
  const values = entries.map(([name, value]) => [name, fileOf(value)])
  return Object.create(input, { entries: { value: () => values } })
}

/** What the encoder reads of a File, where it is given a Blob. */
function fileOf(value: string | File): unknown {
  if (typeof value === 'string' || tagOf(value) === 'File') return value
  const { name = 'blob', type, size } = value as Blob & { readonly name?: string }
  return { name, type, size, stream: () => value.stream(), [Symbol.toStringTag]: 'File' }
}

function sized({ length, open }: SizedInput): Content {
  if (Number.isSafeInteger(length) && length >= 0) return produced(open as Make, length)
  throw new TypeError(
    `Content with 'open' must have a 'length' in bytes, an integer of 0 or more, not ${String(length)}`,
  )
}

type Make = (opening?: Opening) => unknown

/** Content that a function returns. The function is called when the content is opened. */
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
    // Each call may return something else, so the content is always read to its end.
    exact: false,
    replayable: true,
    callsOut: true,
    seeks: make.length > 0,
    open: (start = 0) => reader(make.length > 0 ? make({ start }) : make()),
  }
}

/** The result of a content function. A stream that fails before it is read would otherwise end the process. */
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

/** A stream or an iterable. Only an array can be read again. */
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

/** Iterators that were read. A consumed iterator cannot otherwise be told from an empty one. */
const spent = new WeakSet<object>()

type Opener = Pick<Content, 'watch' | 'discard'> & { open(): Reader }

/** How to read a stream or an iterable. Throws when it was already read. */
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
    // It accepts web streams too, although its type does not.
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

/** An iterator, which can be read only once. A released one counts as read. */
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
 * Makes an iterator that was read throw when it is read again. undici's retry and redirect
 * interceptors wrap it in another object, which is not in `spent`. They would send an empty body.
 */
function spoil(iterator: object): void {
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

// Blob and FormData may be the platform's or undici's, so instanceof does not find both.
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

/** A Request and a Response have a function by this name. */
function isJson(input: object): input is JsonInput {
  return Object.hasOwn(input, 'json') && typeof (input as JsonInput).json !== 'function'
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
  return new TypeError(`${what}; pass an unread stream, or a function that returns a new one`)
}

function unusable(input: unknown): TypeError {
  const what = typeof input === 'object' ? Object.prototype.toString.call(input) : typeof input
  return new TypeError(
    `Content must be a string, bytes, a Blob, FormData, URLSearchParams, { json }, a stream, an iterable, fromFile() or a function that returns one of these, not ${what}`,
  )
}
