import { Readable } from 'node:stream'
import { types } from 'node:util'
import { FormDataEncoder } from 'form-data-encoder'
import {
  type Content,
  contentKey,
  type JsonInput,
  type Opening,
  type SizedInput,
  stored,
} from './content.ts'
import { unusable, usedUp } from './content-errors.ts'
import { blobReader, bytesReader, hasOwnStream, iteratorReader, type Reader } from './readers.ts'
import { streamContent } from './streams.ts'

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
  return streamContent(input)
}

function bytes(buffer: Buffer, type: string | null): Content {
  return {
    ...stored,
    length: buffer.length,
    type,
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
  const callsOut = hasOwnStream(input)
  return {
    ...stored,
    length: input.size,
    type: input.type === '' ? null : input.type,
    callsOut,
    seeks: !callsOut,
    open: (start) => blobReader(input, start),
  }
}

function multipart(input: FormData): Content {
  const encoder = new FormDataEncoder(withFiles(input))
  const { contentLength, contentType } = encoder
  const callsOut = [...input.values()].some(
    (part) => typeof part === 'object' && hasOwnStream(part),
  )
  return {
    ...stored,
    length: contentLength === undefined ? null : Number(contentLength),
    type: contentType,
    callsOut,
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

function sized(input: SizedInput): Content {
  const { length, open } = input
  // Unlike a closure, a bound function keeps its number of parameters.
  if (Number.isSafeInteger(length) && length >= 0) return produced(open.bind(input) as Make, length)
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
    replayable: true,
    callsOut: true,
    seeks: make.length > 0,
    open: (start = 0) => reader(make.length > 0 ? make({ start }) : make()),
  }
}

/** The result of a content function. A stream that fails before it is read would otherwise end the process. */
async function guarded(found: unknown): Promise<unknown> {
  const before = withErrorListener(found)
  const input = await found
  const stream = before ?? withErrorListener(input)
  if (stream?.errored) throw stream.errored
  return input
}

function withErrorListener(input: unknown): Readable | null {
  if (!(input instanceof Readable)) return null
  input.on('error', () => {})
  return input
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

function tagOf(input: object): unknown {
  return (input as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
}
