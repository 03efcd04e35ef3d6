import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ContentInput,
  type ExpectAgent,
  fromFile,
  type ResumeOptions,
  UploadError,
  type UploadOptions,
  type UploadResult,
  upload,
} from '../index.ts'
import type { Target } from './target.ts'

export interface ContentFlags {
  readonly checksum?: string | undefined
  readonly checksumHeader?: string | undefined
  /** Limits the rate of all uploads together. */
  readonly limit: RateLimit | null
}

export interface FileUploadOptions extends UploadOptions {
  method: string
  headers: [string, string][]
  signal: AbortSignal
  dispatcher: ExpectAgent
}

export interface FileResult extends UploadResult {
  /** The sha256 of the content, in hex; `null` if it was not requested, or if the content was not sent whole. */
  readonly sha256: string | null
}

/** @throws Error if the file changed after its checksum was sent, or after the upload to resume was begun. */
export async function uploadFile(
  { file, url, size }: Target,
  stdin: Readable,
  { checksum, checksumHeader, limit }: ContentFlags,
  options: FileUploadOptions,
): Promise<FileResult> {
  // A pipe can be read only without a start.
  const open = (start?: number): Readable =>
    file === '-' ? stdin : createReadStream(file, start === undefined ? {} : { start })
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
  const measured = async function* (start?: number): AsyncGenerator<Uint8Array> {
    sha256 = null
    const hash = createHash('sha256')
    for await (const chunk of open(start)) {
      if (sums) hash.update(chunk)
      if (limit === null) yield chunk
      else yield* limit(chunk)
    }
    if (sums) sha256 = hash.digest('hex')
  }
  const settings = { ...options, headers }
  let content: ContentInput = measured()
  if (size !== null) {
    const { length = 0, revision } = (await fromFile(file).lookUp?.()) ?? {}
    // A checksum needs all bytes, also those before the offset of a resumed upload.
    const from = ({ start }: { start: number }): AsyncIterable<Uint8Array> => measured(start)
    content = { length: length ?? 0, open: sums ? () => measured() : from }
    if (typeof options.resume === 'object') settings.resume = ofFile(options.resume, revision)
  }
  const result = await upload(url, content, settings)
  if (before && sha256 !== null && sha256 !== before) {
    throw new Error('the file changed after its checksum was sent')
  }
  return { ...result, sha256 }
}

/**
 * Options that compare the revision of a file, which the library does only for a file that it opens
 * itself.
 *
 * @throws UploadError if the file changed since the upload was begun.
 */
function ofFile(resume: ResumeOptions, current: string | undefined): ResumeOptions {
  const { revision, onToken, ...rest } = resume
  if (revision !== undefined && revision !== current) {
    throw new UploadError('ERR_EXPECT_FILE_CHANGED', 'the file changed since the upload was begun')
  }
  const kept = current === undefined ? {} : { revision: current }
  return { ...rest, onToken: (token) => onToken?.(token && { ...token, ...kept }) }
}

/** Yields a chunk in pieces of a tenth of a second each. */
type RateLimit = (chunk: Uint8Array) => AsyncGenerator<Uint8Array>

/** Limits the bytes a second of everything that goes through it. */
export function rateLimit(bytesPerSecond: number): RateLimit {
  const size = Math.ceil(bytesPerSecond / 10)
  /** When the next bytes may pass. */
  let due = 0
  return async function* pieces(chunk) {
    for (let at = 0; at < chunk.length; at += size) {
      const piece = chunk.subarray(at, at + size)
      const now = performance.now()
      due = Math.max(due, now) + (piece.length / bytesPerSecond) * 1000
      await sleep(due - now)
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
 * The value of a field with a sha256: as in RFC 9530 for Content-Digest and Repr-Digest, otherwise
 * in hex.
 */
export function checksumField(name: string, sha256: string): string {
  if (!/^(content|repr)-digest$/i.test(name)) return sha256
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`
}
