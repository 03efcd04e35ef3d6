import type { Content } from '../content/content.ts'
import type { Answer, NextAttempt, RecoveryStep } from '../upload/recovery-step.ts'

/**
 * Repeats a request once after a 421, over another connection (RFC 9110, section 15.5.20). Like
 * fetch, it does not repeat a request whose content can be read only once (Fetch standard,
 * HTTP-network-or-cache fetch).
 */
export function misdirection({ replayable }: Pick<Content, 'replayable'>): RecoveryStep[] {
  return replayable ? [new Misdirected()] : []
}

class Misdirected implements RecoveryStep {
  #used = false

  answered({ status, httpRequest, sendable }: Answer): NextAttempt | null {
    if (this.#used || status !== 421 || !sendable) return null
    this.#used = true
    return { httpRequest, reason: 'fresh-connection', delayMs: 0 }
  }
}
