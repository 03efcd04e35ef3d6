import { type UploadOptions, type UploadReport, upload } from '../index.ts'
import { checkedFile, checkedStream, checksumField, fileChecksum } from './checksum.ts'
import { contentFor, streamFor, type Target } from './target.ts'
import type { Input } from './terminal.ts'

/** How the content of uploads is summed up. */
export interface ChecksumFlags {
  /** Whether there is to be a checksum of what was sent. */
  readonly wanted: boolean
  /** The field that the checksum of a file is sent in. */
  readonly header: string | undefined
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
  target: Target,
  stdin: Input,
  checksum: ChecksumFlags,
  options: DeliveryOptions,
): Promise<Delivery> {
  const { wanted, header } = checksum
  if (!wanted && header === undefined) {
    const result = await upload(target.url, contentFor(target, stdin), options)
    return { ...result, sha256: null }
  }
  const { content, sha256 } = target.regular
    ? checkedFile(target.file)
    : checkedStream(streamFor(target, stdin))
  if (header === undefined) {
    const result = await upload(target.url, content, options)
    return { ...result, sha256: sha256() }
  }
  const before = await fileChecksum(target.file, options.signal)
  const headers: [string, string][] = [...options.headers, [header, checksumField(header, before)]]
  const result = await upload(target.url, content, { ...options, headers })
  const after = sha256()
  if (after !== null && after !== before) {
    throw new Error('the content is not that whose checksum was sent; it changed in between')
  }
  return { ...result, sha256: after }
}
