import { Readable } from 'node:stream'
import { type ContentInput, contentOf } from '../content/content.ts'
import { type PipedStream, pipedReading } from '../content/piped.ts'
import { readableReading } from '../content/readable-reading.ts'
import type { Reading } from '../content/reading.ts'

/** What is sent, and the header fields that go with it. */
export interface AxiosContent {
  readonly body: ContentInput | null
  readonly headers: Readonly<Record<string, string | null>>
}

/** A form of the package form-data, by structure. */
interface LegacyForm extends PipedStream {
  getHeaders(): Record<string, string>
  getLength?(callback: (error: Error | null, length?: number) => void): void
}

// Whoever reads is told by the reading itself.
const untold = (): void => {}

/**
 * What becomes of the data that axios has transformed.
 *
 * @param tooLong makes the error for content of more than `limit` bytes; below 0 is no limit.
 */
export async function contentFrom(
  data: unknown,
  limit: number,
  tooLong: () => Error,
): Promise<AxiosContent> {
  if (data === null || data === undefined) return { body: null, headers: {} }
  if (isLegacyForm(data)) return formContent(data, limit, tooLong)
  const length = lengthOf(data)
  if (limit > -1 && length !== null && length > limit) throw tooLong()
  if (data instanceof FormData) {
    // The boundary is made with the content; a type that axios assumed would lack it.
    return { body: data, headers: { 'content-type': null } }
  }
  if (data instanceof Blob) {
    return { body: data, headers: { 'content-type': data.type || 'application/octet-stream' } }
  }
  if (data instanceof Readable && limit > -1) {
    return { body: limited(readableReading(data, untold), limit, tooLong), headers: {} }
  }
  // Text has a type of its own where it is sent as text, and none where axios sends it.
  const body = typeof data === 'string' ? Buffer.from(data) : (data as ContentInput)
  return { body, headers: {} }
}

/** Its parts may be files, whose sizes take a while to be found. */
async function formContent(
  form: LegacyForm,
  limit: number,
  tooLong: () => Error,
): Promise<AxiosContent> {
  const length = await new Promise<number | null>((known) => {
    if (form.getLength === undefined) known(null)
    else form.getLength((error, found) => known(error === null ? (found ?? null) : null))
  })
  const headers: Record<string, string> = { ...form.getHeaders() }
  if (length !== null) headers['content-length'] = String(length)
  if (limit > -1 && length !== null && length > limit) throw tooLong()
  const body =
    limit > -1 ? limited(pipedReading(form, untold), limit, tooLong) : (form as unknown as Readable)
  return { body, headers }
}

function lengthOf(data: unknown): number | null {
  if (typeof data === 'string') return Buffer.byteLength(data)
  if (data instanceof FormData) return contentOf(data).length
  if (data instanceof Blob) return data.size
  return ArrayBuffer.isView(data) || data instanceof ArrayBuffer ? data.byteLength : null
}

function isLegacyForm(data: unknown): data is LegacyForm {
  return typeof data === 'object' && data !== null && 'getHeaders' in data && 'pipe' in data
}

/** Counts on the way, and reads nothing before it is asked to. */
function limited(reading: Reading, limit: number, tooLong: () => Error): ContentInput {
  let bytes = 0
  const counted: AsyncIterableIterator<Uint8Array> = {
    next: async () => {
      const { done, value } = await reading.next()
      if (done) return { done: true, value: undefined }
      const chunk = typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array)
      bytes += chunk.length
      if (bytes > limit) throw tooLong()
      return { done: false, value: chunk }
    },
    return: async () => {
      reading.cancel()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => counted,
  }
  return counted
}
