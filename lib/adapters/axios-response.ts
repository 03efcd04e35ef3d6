import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { causeOf } from './axios-error.ts'
import { type AxiosProgress, progressOf } from './axios-progress.ts'

/** How a response is to be read. */
export interface ReadingOptions {
  responseType?: string | undefined
  responseEncoding?: string | undefined
  /** Bytes of content that a response may have; below 0 for any number. */
  maxContentLength?: number | undefined
  onDownloadProgress?: ((event: never) => void) | undefined
}

/** Reads a response's content into what `responseType` asks for. */
export async function readContent(
  response: Response,
  options: ReadingOptions,
  tooLong: () => Error,
): Promise<unknown> {
  const { responseType, responseEncoding } = options
  const chunks = chunksOf(response, options, tooLong)
  if (responseType === 'stream') return Readable.from(chunks, { objectMode: false })
  const buffer = await bufferOf(chunks)
  if (responseType === 'arraybuffer') return buffer
  if (responseType === 'blob') return new Blob([buffer])
  const encoding = (responseEncoding || 'utf8') as BufferEncoding
  const text = buffer.toString(encoding)
  return encoding === 'utf8' ? text.replace(/^\uFEFF/, '') : text
}

async function* chunksOf(
  response: Response,
  { maxContentLength = -1, onDownloadProgress }: ReadingOptions,
  tooLong: () => Error,
): AsyncGenerator<Uint8Array> {
  const tell = onDownloadProgress as ((event: AxiosProgress) => void) | undefined
  const length = response.headers.get('content-length')
  let loaded = 0
  try {
    for await (const chunk of (response.body ?? []) as ReadableStream<Uint8Array>) {
      loaded += chunk.length
      if (maxContentLength > -1 && loaded > maxContentLength) throw tooLong()
      const total = length === null ? null : Number(length)
      tell?.({ ...progressOf(loaded, chunk.length, total, 0), download: true })
      yield chunk
    }
  } catch (error) {
    throw causeOf(error)
  }
}

async function bufferOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = []
  for await (const chunk of chunks) read.push(chunk)
  return Buffer.concat(read)
}
