import { UploadError } from '../errors.ts'
import { fieldValue } from '../headers.ts'
import type { RetryOptions } from '../options/options.ts'
import { parseRetryAfter } from '../protocol/retry-after.ts'
import { definedOf, longestDelay } from '../unknown.ts'
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

// RFC 9110, section 9.2.2.
const idempotent = ['PUT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'TRACE']

/**
 * Repeats a request after a response with one of the statuses, or after a failure of the
 * connection. When content was sent, the request is repeated only if its method is idempotent or it
 * has an `Idempotency-Key`.
 */
export class Retry implements RecoveryStep {
  readonly #settings: RetrySettings
  #made = 0

  constructor(options: number | RetryOptions) {
    const given = typeof options === 'number' ? { count: options } : options
    this.#settings = { ...defaults, ...definedOf(given) }
  }

  answered(answer: Answer): NextAttempt | null {
    const { status, fields, httpRequest, attempt, sendable, complete } = answer
    if (!this.#settings.statuses.includes(status)) return null
    if (!isRepeatable(httpRequest, isUntouched(attempt, complete), sendable)) return null
    const retryAfterMs = parseRetryAfter(fields['retry-after'], Date.now())
    if ((retryAfterMs ?? 0) > this.#settings.maxDelay) return null
    return this.#next(httpRequest, retryAfterMs)
  }

  failed({ httpRequest, error, untouched, sendable }: Failure): NextAttempt | null {
    if (!this.#isPassing(error) || !isRepeatable(httpRequest, untouched, sendable)) return null
    return this.#next(httpRequest, null)
  }

  /** A proxy's status in response to CONNECT counts like a status of the origin. */
  #isPassing(error: NodeJS.ErrnoException): boolean {
    const status = error instanceof UploadError ? error.response?.status : undefined
    if (error.code !== 'ERR_EXPECT_PROXY' || status === undefined) return isPassing(error)
    return this.#settings.statuses.includes(status)
  }

  #next(httpRequest: HttpRequest, retryAfterMs: number | null): NextAttempt | null {
    if (this.#made >= this.#settings.count) return null
    const delayMs = backoff(this.#made, retryAfterMs, this.#settings)
    this.#made += 1
    return { httpRequest, reason: 'retry', delayMs }
  }
}

/** Milliseconds until the next try. */
export function backoff(
  earlierTries: number,
  retryAfterMs: number | null,
  { minDelay, maxDelay }: Pick<RetrySettings, 'minDelay' | 'maxDelay'>,
): number {
  const delay = Math.min(maxDelay, minDelay * 2 ** earlierTries)
  // The random part spreads uploads that failed together. The delay is never shorter than Retry-After.
  const [min, max] =
    retryAfterMs === null ? [delay / 2, delay] : [retryAfterMs, retryAfterMs * 1.25]
  return Math.min(longestDelay, min + Math.random() * (max - min))
}

function isRepeatable(httpRequest: HttpRequest, untouched: boolean, sendable: boolean): boolean {
  if (!sendable) return false
  if (untouched || idempotent.includes(httpRequest.method)) return true
  return fieldValue(httpRequest.headers, 'idempotency-key') !== undefined
}
