import type { Recourse } from '../upload/recourse.ts'

/**
 * The replay of a request whose expectation failed (RFC 9110, section 15.5.18): the same
 * request without it, whatever its method, if the content can go out again. A 417 that
 * nobody asked for is the caller's.
 */
export const replay: Recourse = {
  answered: ({ status, hop, attempt, sendable }) =>
    status === 417 && attempt.asked && sendable ? { hop, reason: 'replay', delayMs: 0 } : null,
}
