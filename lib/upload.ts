import type { Dispatcher } from 'undici'
import type { ContentInput } from './content.ts'
import { type FetchInit, fetch, reportOf } from './fetch.ts'
import { type ExpectOptions, expectOptionNames } from './options.ts'
import type { Progress, UploadReport } from './report.ts'
import { refuseUnknown } from './unknown.ts'

/** How an upload is made. */
export interface UploadOptions extends ExpectOptions {
  /** @default 'PUT' */
  method?: string
  headers?: RequestInit['headers']
  /** Ends the upload; it then rejects with the signal's reason. */
  signal?: AbortSignal
  /** What to do about redirects, as in fetch. @default 'follow' */
  redirect?: 'follow' | 'manual' | 'error'
  /** Told how far the upload is; what it throws ends the upload, unless the answer has come. */
  onProgress?: (progress: Progress) => void
  /** The undici dispatcher to use. @default the process's, or a shared ExpectAgent */
  dispatcher?: Dispatcher
}

/** What came of an upload. */
export interface UploadResult {
  /** The platform's `Response`, whatever its status. */
  readonly response: Response
  /** What the upload did. */
  readonly report: UploadReport
}

const known = [
  ...expectOptionNames,
  'method',
  'headers',
  'signal',
  'redirect',
  'onProgress',
  'dispatcher',
]

/**
 * Uploads content, asking first.
 *
 * ```ts
 * const { response, report } = await upload(url, fromFile('video.h264'))
 * ```
 *
 * @returns the response, whatever its status, and a report.
 * @throws TypeError naming an option that is unknown or cannot be used.
 * @throws UploadError for what this package had to fail; errors of undici, of the socket and
 * of the source pass unwrapped.
 */
export async function upload(
  url: string | URL,
  content: ContentInput,
  options: UploadOptions = {},
): Promise<UploadResult> {
  refuseUnknown(options, known)
  if (content === null || content === undefined) {
    throw new TypeError("Content is missing; pass '' to upload nothing")
  }
  refuseCredentials(url)
  try {
    const response = await fetch(url, { method: 'PUT', ...options, body: content } as FetchInit)
    return { response, report: reportOf(response) as UploadReport }
  } catch (error) {
    throw causeOf(error)
  }
}

/** The platform's fetch refuses such a URL too, but prints it whole. */
function refuseCredentials(url: string | URL): void {
  if (!URL.canParse(String(url))) return
  const { username, password, host } = new URL(url)
  if (username === '' && password === '') return
  throw new TypeError(`The URL for ${host} holds credentials; pass them in an Authorization header`)
}

/** The platform's fetch wraps what went wrong on the network in a TypeError. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof TypeError) || error.message !== 'fetch failed') return error
  return error.cause ?? error
}
