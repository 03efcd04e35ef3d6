import type { RecoveryStep } from '../upload/recovery-step.ts'

/**
 * The replay of a request whose expectation failed (RFC 9110, section 15.5.18): the same
 * request without it, whatever its method, if the content can go out again. A 417 that
 * nobody asked for is the caller's.
 */
export const replay: RecoveryStep = {
  answered: ({ status, httpRequest, attempt, sendable }) =>
    status === 417 && attempt.asked && sendable
      ? { httpRequest, reason: 'replay', delayMs: 0 }
      : null,
}
