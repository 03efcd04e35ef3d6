import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromFile, type UploadOptions, type UploadReport, upload } from '../index.ts'
import type { Target } from './target.ts'

/** What is done about the content of uploads on its way. */
export interface Treatment {
  /** The checksum that is printed of what was sent. */
  readonly checksum?: string | undefined
  /** The field that the checksum of a file is sent in. */
  readonly checksumHeader?: string | undefined
  /** What bounds the rate of all uploads together. */
  readonly limit: RateLimit | null
}

/** How an upload is made. */
export interface DeliveryOptions extends UploadOptions {
  headers: [string, string][]
  signal: AbortSignal
}

/** What came of an upload. */
export interface Delivery {
  readonly response: Response
  readonly report: UploadReport
  /** The sha256, in hex, of the content; `null` when it was not wanted or not sent as a whole. */
  readonly sha256: string | null
}

/**
 * Uploads one file.
 *
 * @throws Error when the file's content became another after its checksum was sent.
 */
export async function deliver(
  { file, url, size }: Target,
  stdin: Readable,
  { checksum, checksumHeader, limit }: Treatment,
  options: DeliveryOptions,
): Promise<Delivery> {
  const open = (): Readable => (file === '-' ? stdin : createReadStream(file))
  const sums = (checksum ?? checksumHeader) !== undefined
  if (!sums && limit === null) {
    const result = await upload(url, size === null ? open() : fromFile(file), options)
    return { ...result, sha256: null }
  }
  let sha256: string | null = null
  const headers = [...options.headers]
  const name = checksumHeader
  const before = name && (await fileChecksum(file, options.signal))
  if (name && before) headers.push([name, checksumField(name, before)])
  /** The content, which is measured as it is read, anew for each attempt. */
  const measured = async function* (): AsyncGenerator<Uint8Array> {
    sha256 = null
    const hash = createHash('sha256')
    for await (const chunk of open()) {
      if (sums) hash.update(chunk)
      if (limit === null) yield chunk
      else yield* limit.pieces(chunk)
    }
    if (sums) sha256 = hash.digest('hex')
  }
  const length = size === null ? null : ((await fromFile(file).lookUp?.())?.length ?? 0)
  const content = length === null ? measured() : { length, open: measured }
  const result = await upload(url, content, { ...options, headers })
  if (before && sha256 !== null && sha256 !== before) {
    throw new Error('the file changed after its checksum was sent')
  }
  return { ...result, sha256 }
}

/** Lets so many bytes a second pass, of all that it is used for together. */
export class RateLimit {
  readonly #rate: number
  /** When all that was let through so far has had its time. */
  #due = 0

  /** @param rate bytes a second. */
  constructor(rate: number) {
    this.#rate = rate
  }

  /** Hands on a chunk in pieces, ten of them a second, each when its time has come. */
  async *pieces(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
    const size = Math.ceil(this.#rate / 10)
    for (let at = 0; at < chunk.length; at += size) {
      const piece = chunk.subarray(at, at + size)
      const now = performance.now()
      this.#due = Math.max(this.#due, now) + (piece.length / this.#rate) * 1000
      await sleep(this.#due - now)
      yield piece
    }
  }
}

async function fileChecksum(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash, { signal })
  return hash.digest('hex')
}

/**
 * The value of a field that holds a sha256: as RFC 9530 wants it in a Content-Digest or
 * Repr-Digest, in hex otherwise.
 */
export function checksumField(name: string, sha256: string): string {
  if (!/^(content|repr)-digest$/i.test(name)) return sha256
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`
}
