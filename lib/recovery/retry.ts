import { UploadError } from '../errors.ts'
import { fieldValue } from '../headers.ts'
import type { RetryOptions } from '../options/options.ts'
import { parseRetryAfter } from '../protocol/retry-after.ts'
import { definedOf } from '../unknown.ts'
import type { HttpRequest } from '../upload/http-request.ts'
import type { Answer, Failure, NextAttempt, RecoveryStep } from '../upload/recovery-step.ts'
import { isPassing, isUntouched } from './failures.ts'

type RetrySettings = Readonly<Required<RetryOptions>>

const defaults: RetrySettings = {
  count: 3,
  statuses: [408, 425, 429, 500, 502, 503, 504],
  minDelay: 500,
  maxDelay: 30_000,
}

// A longer delay makes setTimeout fire at once.
const longestDelay = 2_147_483_647

// RFC 9110, section 9.2.2.
const idempotent = ['PUT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'TRACE']

/**
 * Attempts after a response that says to try again, or after a failure of the connection.
 * Content that was sent goes out again only if the request can be repeated without harm: its
 * method is idempotent, or it has an `Idempotency-Key`.
 */
export class Retry implements RecoveryStep {
  readonly #settings: RetrySettings
  #made = 0

  /** @param options of which a number is the count. */
  constructor(options: number | RetryOptions) {
    const given = typeof options === 'number' ? { count: options } : options
    this.#settings = { ...defaults, ...definedOf(given) }
  }

  answered({
    status,
    fields,
    httpRequest,
    attempt,
    sendable,
    complete,
  }: Answer): NextAttempt | null {
    if (!this.#settings.statuses.includes(status)) return null
    if (!isRepeatable(httpRequest, isUntouched(attempt, complete), sendable)) return null
    const wanted = parseRetryAfter(fields['retry-after'], Date.now())
    if (wanted !== null && wanted > this.#settings.maxDelay) return null
    return this.#next(httpRequest, wanted)
  }

  failed({ httpRequest, error, untouched, sendable }: Failure): NextAttempt | null {
    if (!this.#isPassing(error) || !isRepeatable(httpRequest, untouched, sendable)) return null
    return this.#next(httpRequest, null)
  }

  /** A proxy that makes no tunnel is as good a reason as an origin with that status. */
  #isPassing(error: NodeJS.ErrnoException): boolean {
    const status = error instanceof UploadError ? error.response?.status : undefined
    if (error.code !== 'ERR_EXPECT_PROXY' || status === undefined) return isPassing(error)
    return this.#settings.statuses.includes(status)
  }

  #next(httpRequest: HttpRequest, wanted: number | null): NextAttempt | null {
    if (this.#made >= this.#settings.count) return null
    const delayMs = backoff(this.#made, wanted, this.#settings)
    this.#made += 1
    return { httpRequest, reason: 'retry', delayMs }
  }
}

/**
 * Milliseconds until the next try.
 *
 * @param wanted is what a `Retry-After` said, or `null`.
 */
export function backoff(
  made: number,
  wanted: number | null,
  { minDelay, maxDelay }: Pick<RetrySettings, 'minDelay' | 'maxDelay'>,
): number {
  const delay = Math.min(maxDelay, minDelay * 2 ** made)
  // Uploads that failed together are not to come back together, nor before they were told to.
  const [least, most] = wanted === null ? [delay / 2, delay] : [wanted, wanted * 1.25]
  return Math.min(longestDelay, least + Math.random() * (most - least))
}

function isRepeatable(httpRequest: HttpRequest, untouched: boolean, sendable: boolean): boolean {
  if (httpRequest.hasContent && !sendable) return false
  if (untouched || idempotent.includes(httpRequest.method)) return true
  return fieldValue(httpRequest.headers, 'idempotency-key') !== undefined
}
