import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'

/** How a response is to be read. */
export interface ReadingOptions {
  responseType?: string | undefined
  responseEncoding?: string | undefined
  /** Bytes of content that a response may have; below 0 for any number. */
  maxContentLength?: number | undefined
  onDownloadProgress?: ((event: never) => void) | undefined
}

/** What axios tells about a transfer. */
export interface AxiosProgress {
  readonly loaded: number
  readonly total: number | undefined
  readonly progress: number | undefined
  readonly bytes: number
  readonly rate: number | undefined
  readonly estimated: number | undefined
  readonly lengthComputable: boolean
  readonly upload?: true
  readonly download?: true
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
  const text = buffer.toString((responseEncoding ?? 'utf8') as BufferEncoding)
  return text.replace(/^\uFEFF/, '')
}

async function* chunksOf(
  response: Response,
  { maxContentLength = -1, onDownloadProgress }: ReadingOptions,
  tooLong: () => Error,
): AsyncGenerator<Uint8Array> {
  const tell = onDownloadProgress as ((event: AxiosProgress) => void) | undefined
  const length = response.headers.get('content-length')
  let loaded = 0
  for await (const chunk of (response.body ?? []) as ReadableStream<Uint8Array>) {
    loaded += chunk.length
    if (maxContentLength > -1 && loaded > maxContentLength) throw tooLong()
    const total = length === null ? null : Number(length)
    tell?.({ ...progressOf(loaded, chunk.length, total, 0), download: true })
    yield chunk
  }
}

async function bufferOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = []
  for await (const chunk of chunks) read.push(chunk)
  return Buffer.concat(read)
}

/** A progress event as axios makes it. */
export function progressOf(
  loaded: number,
  bytes: number,
  total: number | null,
  rate: number,
): AxiosProgress {
  return {
    loaded,
    total: total ?? undefined,
    progress: total ? loaded / total : undefined,
    bytes,
    rate: rate || undefined,
    estimated: rate && total ? (total - loaded) / rate : undefined,
    lengthComputable: total !== null,
  }
}
