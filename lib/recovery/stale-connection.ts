import type { HttpRequest } from '../upload/http-request.ts'
import type { Answer, Failure, NextAttempt, RecoveryStep } from '../upload/recovery-step.ts'
import { isPeerGone, isTooMany, isUnprocessed, isUntouched } from './failures.ts'

/** The most attempts after reused connections, of which several may be dead at once. */
const maxAfterReused = 10

/** The most attempts after an HTTP/2 origin did not process the request, or found too many. */
const maxUnprocessed = 3

/**
 * Repeats a request, whatever its method, when the origin cannot have processed it:
 *
 * - No content was sent and no byte of a response was received, as on a reused connection that the
 *   origin had closed (RFC 9110, section 9.2.2). After a new connection it is repeated only once.
 * - An HTTP/2 origin reported that it did not process the request (RFC 9113, section 8.7).
 * - A 408 on a reused connection before any content: the idle timeout of the server ended while the
 *   request was on its way (RFC 9110, section 15.5.9).
 */
export class StaleConnection implements RecoveryStep {
  #made = 0

  answered({ status, httpRequest, attempt, sendable, complete }: Answer): NextAttempt | null {
    if (status !== 408 || !attempt.reusedConnection || !sendable) return null
    return isUntouched(attempt, complete) ? this.#next(httpRequest, 1) : null
  }

  failed({ httpRequest, untouched, sendable, error, attempt }: Failure): NextAttempt | null {
    if (!isPeerGone(error)) return null
    if (isUnprocessed(error)) return sendable ? this.#next(httpRequest, maxUnprocessed) : null
    if (!untouched) return null
    // The connection is alive, and the origin already has more requests than it wants.
    if (isTooMany(error)) return this.#next(httpRequest, maxUnprocessed)
    return this.#next(httpRequest, attempt.reusedConnection ? maxAfterReused : 1)
  }

  #next(httpRequest: HttpRequest, max: number): NextAttempt | null {
    if (this.#made >= max) return null
    this.#made += 1
    return { httpRequest, reason: 'fresh-connection', delayMs: 0 }
  }
}
