import { PassThrough, Readable } from 'node:stream'
import type { ContentInput } from '../content.ts'

/** What is sent, and the header fields that go with it. */
export interface AxiosContent {
  readonly body: ContentInput | null
  readonly headers: Readonly<Record<string, string | null>>
}

/** The package form-data, by structure. */
interface LegacyForm {
  getHeaders(): Record<string, string>
  pipe(to: PassThrough): PassThrough
}

/**
 * What becomes of the data that axios has transformed.
 *
 * @param tooLong makes the error for content of more than `limit` bytes; below 0 is no limit.
 */
export function contentFrom(data: unknown, limit: number, tooLong: () => Error): AxiosContent {
  if (data === null || data === undefined) return { body: null, headers: {} }
  if (data instanceof FormData) {
    // The boundary is made with the content; a type that axios assumed would lack it.
    return { body: data, headers: { 'content-type': null } }
  }
  if (isLegacyForm(data)) {
    return {
      body: limited(data.pipe(new PassThrough()), limit, tooLong),
      headers: data.getHeaders(),
    }
  }
  const length = lengthOf(data)
  if (limit > -1 && length !== null && length > limit) throw tooLong()
  if (data instanceof Blob) {
    return { body: data, headers: { 'content-type': data.type || 'application/octet-stream' } }
  }
  if (data instanceof Readable) return { body: limited(data, limit, tooLong), headers: {} }
  // Text has a type of its own where it is sent as text, and none where axios sends it.
  const body = typeof data === 'string' ? Buffer.from(data) : (data as ContentInput)
  return { body, headers: {} }
}

function lengthOf(data: unknown): number | null {
  if (typeof data === 'string') return Buffer.byteLength(data)
  if (data instanceof Blob) return data.size
  return ArrayBuffer.isView(data) || data instanceof ArrayBuffer ? data.byteLength : null
}

function isLegacyForm(data: unknown): data is LegacyForm {
  return typeof data === 'object' && data !== null && 'getHeaders' in data && 'pipe' in data
}

/** Counts on the way, and reads nothing before it is asked to. */
function limited(stream: Readable, limit: number, tooLong: () => Error): ContentInput {
  if (limit < 0) return stream
  const iterator = stream[Symbol.asyncIterator]()
  let bytes = 0
  const counted: AsyncIterableIterator<Uint8Array> = {
    next: async () => {
      const result = await iterator.next()
      if (result.done) return { done: true, value: undefined }
      const chunk = typeof result.value === 'string' ? Buffer.from(result.value) : result.value
      bytes += chunk.length
      if (bytes > limit) throw tooLong()
      return { done: false, value: chunk }
    },
    return: async () => {
      stream.destroy()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => counted,
  }
  return counted
}
