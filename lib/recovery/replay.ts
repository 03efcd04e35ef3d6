import type { RecoveryStep } from '../upload/recovery-step.ts'

/**
 * Repeats a request after a 417 (RFC 9110, section 15.5.18), without the expectation and whatever
 * its method, if the content can be sent again. A 417 to a request without the expectation is
 * returned to the caller.
 */
export const replay: RecoveryStep = {
  answered: ({ status, httpRequest, attempt, sendable }) =>
    status === 417 && attempt.asked && sendable
      ? { httpRequest, reason: 'replay', delayMs: 0 }
      : null,
}
