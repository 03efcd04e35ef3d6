import { ReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { types } from 'node:util'
import { FormDataEncoder } from 'form-data-encoder'
import type { FormData as UndiciFormData } from 'undici'
import { bufferReading } from './buffer-reading.ts'
import { isPiped, pipedReading, tellsOf } from './piped.ts'
import { readableReading } from './readable-reading.ts'
import type { Reading } from './reading.ts'
import { blobReading, iteratorReading, webReading } from './reading.ts'

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
  /** All of it, where undici can send it in one go; mocks can then match on it. */
  readonly whole?: string | Buffer
  /**
   * Begins to read.
   *
   * @param failed is told when the source breaks while nobody reads from it.
   */
  open(failed: (error: unknown) => void): Reading
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

/** Whatever an upload can send. A factory is called again for each replay. */
export type ContentInput = ReplayableInput | OneShotInput | (() => ReplayableInput | OneShotInput)

/** Marks {@link Content} among what callers pass. */
export const contentKey: unique symbol = Symbol('expect-continue.content')

/** Declares content of one's own making. */
export function makeContent(content: Content): Content {
  return Object.freeze({ ...content, [contentKey]: true })
}

/** What a request without a body sends; it is never opened. */
export const noContent: Content = {
  length: 0,
  type: null,
  replayable: true,
  exact: true,
  open: () => bufferReading(Buffer.alloc(0)),
}

/**
 * Finds out what can be known of content without reading it.
 *
 * @throws TypeError when it is nothing that can be sent, or was read already.
 */
export function contentOf(input: unknown): Content {
  if (typeof input === 'string') {
    return { ...bytes(Buffer.from(input), 'text/plain;charset=UTF-8'), whole: input }
  }
  if (ArrayBuffer.isView(input)) {
    return bytes(Buffer.from(input.buffer, input.byteOffset, input.byteLength), null)
  }
  if (isArrayBuffer(input)) return bytes(Buffer.from(input), null)
  if (typeof input === 'function') return produced(input as () => unknown)
  if (typeof input !== 'object' || input === null) throw unusable(input)
  if (contentKey in input) return input as unknown as Content
  if (input instanceof URLSearchParams) {
    return bytes(Buffer.from(input.toString()), 'application/x-www-form-urlencoded;charset=UTF-8')
  }
  if (isFormData(input)) return multipart(input)
  if (isBlob(input)) return blob(input)
  return pieces(input)
}

/** Bytes of a body that undici can send in one go; `null` for any other. */
export function wholeLength(input: unknown): number | null {
  if (typeof input === 'string') return Buffer.byteLength(input)
  return ArrayBuffer.isView(input) || types.isArrayBuffer(input) ? input.byteLength : null
}

function bytes(buffer: Buffer, type: string | null): Content {
  return {
    length: buffer.length,
    type,
    replayable: true,
    exact: true,
    whole: buffer,
    open: () => bufferReading(buffer),
  }
}

function blob(input: Blob): Content {
  return {
    length: input.size,
    type: input.type === '' ? null : input.type,
    replayable: true,
    exact: true,
    open: () => blobReading(input),
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
    open: () => iteratorReading(encoder),
  }
}

function produced(factory: () => unknown): Content {
  const made = factory()
  let first: Content | null = contentOf(made)
  const { length, type } = first
  return {
    length,
    type,
    // Each call may bring something else, so the end is always looked for.
    exact: false,
    replayable: true,
    open: (failed) => {
      const content = first ?? again(factory, made)
      // What can be opened again is kept, so that a factory is not called for nothing.
      if (!content.replayable) first = null
      return content.open(failed)
    },
  }
}

/** What a factory makes the second time must not be what was read the first time. */
function again(factory: () => unknown, before: unknown): Content {
  const made = factory()
  const content = contentOf(made)
  if (made !== before || content.replayable) return content
  throw usedUp('The function returned the same one-shot content again')
}

/** Something that is read piece by piece; of these only an array can be read again. */
function pieces(input: object): Content {
  const open = opener(input)
  const { length, type } = knownOf(input)
  return { length, type, replayable: Array.isArray(input), exact: false, open }
}

function knownOf(input: object): Pick<Content, 'length' | 'type'> {
  if (input instanceof ReadStream) return { length: fileStreamLength(input), type: null }
  return isPiped(input) ? tellsOf(input) : { length: null, type: null }
}

/** Iterators that were read; there is no other way to tell a spent one from an empty one. */
const spent = new WeakSet<object>()

function opener(input: object): Content['open'] {
  if (input instanceof Readable || isNodeReadable(input)) {
    const stream = input as Readable
    if (stream.destroyed || stream.readableEnded)
      throw usedUp('The stream was read to its end or destroyed')
    return (failed) => readableReading(stream, failed)
  }
  if (isWebStream(input)) {
    // Works for web streams too, which its type does not say.
    if (Readable.isDisturbed(input as unknown as Readable))
      throw usedUp('The ReadableStream was read from or cancelled')
    if (input.locked) throw usedUp('The ReadableStream is locked, because something else reads it')
    return (failed) => webReading(input, failed)
  }
  if (Symbol.asyncIterator in input || Symbol.iterator in input) {
    if (spent.has(input)) throw usedUp('The iterator was read by another upload')
    return () => {
      if ('next' in input) spent.add(input)
      return iteratorReading(input as AsyncIterable<unknown> | Iterable<unknown>)
    }
  }
  if (isPiped(input)) return (failed) => pipedReading(input, failed)
  throw unusable(input)
}

/** Bytes that a file stream will read, where it reads a regular file by its path. */
function fileStreamLength(stream: ReadStream): number | null {
  // Its types leave out what its options were.
  const { path, start = 0, end } = stream as ReadStream & { start?: number; end?: number }
  // With an encoding it yields text, whose length is another.
  if (!path || stream.bytesRead > 0 || stream.readableEncoding !== null) return null
  const stats = statSync(path, { throwIfNoEntry: false })
  // A size of 0 may hide content, below /proc for instance.
  if (!stats?.isFile() || stats.size === 0) return null
  const last = Math.min(end ?? Number.POSITIVE_INFINITY, stats.size - 1)
  return Math.max(0, last + 1 - start)
}

/** Of whatever realm. */
function isArrayBuffer(input: unknown): input is ArrayBuffer {
  return types.isAnyArrayBuffer(input)
}

// Blob and FormData come in several realms: the platform's and undici's.
function isBlob(input: object): input is Blob {
  const tag = tagOf(input)
  return (tag === 'Blob' || tag === 'File') && 'stream' in input && 'size' in input
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
