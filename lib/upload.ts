import type { Dispatcher } from 'undici'
import { type ContentInput, contentOf } from './content.ts'
import { located } from './mask.ts'
import { type ExpectOptions, expectOptionNames, pickExpectOptions } from './options.ts'
import { callPlatform, planFor } from './platform-fetch.ts'
import type { UploadListeners, UploadReport } from './report.ts'
import { refuseUnknown } from './unknown.ts'

/** How an upload is made. */
export interface UploadOptions extends Omit<ExpectOptions, 'redirect'>, UploadListeners {
  /** @default 'PUT' */
  method?: string
  headers?: RequestInit['headers']
  /** Ends the upload; it then rejects with the signal's reason. */
  signal?: AbortSignal
  /**
   * What to do about a redirect: follow it, hand it over, or fail. One that leads away from
   * content which cannot go out again is handed over, and so is one without a usable Location.
   *
   * @default 'follow'
   */
  redirect?: 'follow' | 'manual' | 'error'
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
  'onProgress',
  'onInterim',
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
  const { method = 'PUT', headers, signal, redirect = 'follow' } = options
  if (!['follow', 'manual', 'error'].includes(redirect)) {
    throw new TypeError(`Option 'redirect' must be 'follow', 'manual' or 'error', not ${redirect}`)
  }
  const { redirect: _redirect, ...picked } = { ...pickExpectOptions(options) }
  const own: ExpectOptions = { ...picked, redirect: redirect === 'follow' ? 'follow' : 'manual' }
  const plan = planFor(options, own, [407])
  const init = { method, headers, signal, redirect: redirect === 'error' ? 'error' : 'manual' }
  try {
    const target = { input: url, init: init as RequestInit }
    const response = await callPlatform(target, plan, contentOf(content))
    const { location } = plan.log
    if (location !== null) located(response, location, true)
    return { response, report: plan.log.snapshot() }
  } catch (error) {
    throw causeOf(error, url)
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
function causeOf(error: unknown, url: string | URL): unknown {
  if (!(error instanceof TypeError) || error.message !== 'fetch failed') return error
  const { cause } = error
  return cause instanceof Error && cause.message === 'bad port'
    ? badPort(url, cause)
    : (cause ?? error)
}

/** The Fetch standard blocks ports of other services ("bad ports"), and the error says no more than that. */
function badPort(url: string | URL, cause: Error): TypeError {
  const { host } = new URL(url)
  const message = `fetch connects to no port that other services use, such as that of ${host}, or where it redirects to; use undici's request with an ExpectAgent`
  return new TypeError(message, { cause })
}
