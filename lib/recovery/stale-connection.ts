import type { HttpRequest } from '../upload/http-request.ts'
import type { Answer, Failure, NextAttempt, RecoveryStep } from '../upload/recovery-step.ts'
import { isPeerGone, isUnprocessed, isUntouched } from './failures.ts'

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
export class StaleConnection implements RecoveryStep {
  #made = 0

  answered({ status, httpRequest, attempt, sendable, complete }: Answer): NextAttempt | null {
    if (status !== 408 || !attempt.reusedConnection || !sendable) return null
    return isUntouched(attempt, complete) ? this.#next(httpRequest, 1) : null
  }

  failed({ httpRequest, untouched, sendable, error, attempt }: Failure): NextAttempt | null {
    if (!isPeerGone(error)) return null
    if (isUnprocessed(error)) return sendable ? this.#next(httpRequest, mostUnprocessed) : null
    if (!untouched) return null
    return this.#next(httpRequest, attempt.reusedConnection ? mostKept : 1)
  }

  #next(httpRequest: HttpRequest, most: number): NextAttempt | null {
    if (this.#made >= most) return null
    this.#made += 1
    return { httpRequest, reason: 'fresh-connection', delayMs: 0 }
  }
}
