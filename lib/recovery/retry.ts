import { constants } from 'node:http2'
import { errors } from '#undici'
import { UploadError } from '../errors.ts'
import { fieldValue } from '../headers.ts'
import { parseRetryAfter } from '../protocol/retry-after.ts'
import type { AttemptReport } from '../report/report.ts'
import { definedOf } from '../unknown.ts'
import type { Hop } from '../upload/hop.ts'
import type { Answer, Failure, Next, Recourse } from '../upload/recourse.ts'

/** How often, when and after what an upload is tried again. */
export interface RetryOptions {
  /** Attempts beyond the first, at most. @default 3 */
  count?: number
  /** Statuses after which it is tried again. @default 408, 425, 429, 500, 502, 503, 504 */
  statuses?: readonly number[]
  /** Milliseconds before the first retry; doubled for each that follows. @default 500 */
  minDelay?: number
  /**
   * Milliseconds that a wait is never longer than; a longer `Retry-After` ends the tries. What is
   * added to a `Retry-After` at random, a quarter of it at most, comes on top.
   *
   * @default 30000
   */
  maxDelay?: number
}

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

/** Fresh attempts at most: several kept connections may have died at once. */
const mostKept = 10

/** The same where an HTTP/2 origin says that it did not process the request. */
const mostUnprocessed = 3

/**
 * A fresh attempt where nothing can be lost by it: no content left and no byte of a response came,
 * as on a kept connection that turns out to be dead (RFC 9110, section 9.2.2), or an HTTP/2 origin
 * said that it did not process the request (RFC 9113, section 8.7). After a connection that was made
 * for the upload there is one. A 408 on a kept connection means the same: the server's timer for
 * idle connections ran out while the request was on its way (section 15.5.9).
 */
export class Renewal implements Recourse {
  #made = 0

  answered({ status, hop, attempt, sendable, complete }: Answer): Next | null {
    if (status !== 408 || !attempt.reusedConnection || !sendable) return null
    return isUntouched(attempt, complete) ? this.#next(hop, 1) : null
  }

  failed({ hop, untouched, sendable, error, attempt }: Failure): Next | null {
    if (!isPeerGone(error)) return null
    if (isUnprocessed(error)) return sendable ? this.#next(hop, mostUnprocessed) : null
    if (!untouched) return null
    return this.#next(hop, attempt.reusedConnection ? mostKept : 1)
  }

  #next(hop: Hop, most: number): Next | null {
    if (this.#made >= most) return null
    this.#made += 1
    return { hop, reason: 'fresh-connection', delayMs: 0 }
  }
}

/**
 * Attempts after a response that says to try again, or after a failure of the connection.
 * Content that was sent goes out again only if the request can be repeated without harm: its
 * method is idempotent, or it has an `Idempotency-Key`.
 */
export class Retry implements Recourse {
  readonly #settings: RetrySettings
  #made = 0

  /** @param options of which a number is the count. */
  constructor(options: number | RetryOptions) {
    const given = typeof options === 'number' ? { count: options } : options
    this.#settings = { ...defaults, ...definedOf(given) }
  }

  answered({ status, fields, hop, attempt, sendable, complete }: Answer): Next | null {
    if (!this.#settings.statuses.includes(status)) return null
    if (!isRepeatable(hop, isUntouched(attempt, complete), sendable)) return null
    const wanted = parseRetryAfter(fields['retry-after'], Date.now())
    if (wanted !== null && wanted > this.#settings.maxDelay) return null
    return this.#next(hop, wanted)
  }

  failed({ hop, error, untouched, sendable }: Failure): Next | null {
    if (!this.#isPassing(error) || !isRepeatable(hop, untouched, sendable)) return null
    return this.#next(hop, null)
  }

  /** A proxy that makes no tunnel is as good a reason as an origin with that status. */
  #isPassing(error: NodeJS.ErrnoException): boolean {
    const status = error instanceof UploadError ? error.response?.status : undefined
    if (error.code !== 'ERR_EXPECT_PROXY' || status === undefined) return isPassing(error)
    return this.#settings.statuses.includes(status)
  }

  #next(hop: Hop, wanted: number | null): Next | null {
    const { count, minDelay, maxDelay } = this.#settings
    if (this.#made >= count) return null
    const backoff = Math.min(maxDelay, minDelay * 2 ** this.#made)
    this.#made += 1
    // Uploads that failed together are not to come back together, nor before they were told to.
    const [least, most] = wanted === null ? [backoff / 2, backoff] : [wanted, wanted * 1.25]
    const delayMs = Math.min(longestDelay, least + Math.random() * (most - least))
    return { hop, reason: 'retry', delayMs }
  }
}

/** Whether no content left; a request whose content is empty is complete without a byte of it. */
function isUntouched({ asked, sentBytes }: AttemptReport, complete: boolean): boolean {
  return asked && sentBytes === 0 && !complete
}

function isRepeatable(hop: Hop, untouched: boolean, sendable: boolean): boolean {
  if (hop.hasContent && !sendable) return false
  if (untouched || idempotent.includes(hop.method)) return true
  return fieldValue(hop.headers, 'idempotency-key') !== undefined
}

/** Whether the other side of a connection is no longer there, or does not look at the request. */
function isPeerGone(failure: NodeJS.ErrnoException): boolean {
  const error = beneath(failure)
  const codes = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_HTTP2_SESSION_ERROR']
  if (error instanceof errors.SocketError || codes.includes(error.code ?? '')) return true
  return isUnprocessed(error)
}

/** Whether an HTTP/2 origin said that nothing was done about it (RFC 9113, section 8.7). */
function isUnprocessed(error: Error): boolean {
  if ('http2ErrorCode' in error) {
    return error.http2ErrorCode === constants.NGHTTP2_REFUSED_STREAM
  }
  // undici has no class or code of its own for the requests that a GOAWAY leaves behind.
  return error instanceof errors.InformationalError && error.message.includes('"GOAWAY"')
}

/** Whether another try may find what this one did not. */
function isPassing(error: NodeJS.ErrnoException): boolean {
  const unreachable = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']
  const codes = [...unreachable, 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']
  return isPeerGone(error) || codes.includes(beneath(error).code ?? '')
}

/** What fails on the way to a proxy passes as it would on the way to an origin. */
function beneath(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  return error.code === 'ERR_EXPECT_PROXY' && error.cause instanceof Error ? error.cause : error
}
