import type { Answer, Next, Recourse } from '../upload/recourse.ts'

/**
 * One more request after a 421, over another connection (RFC 9110, section 15.5.20). The
 * platform's fetch makes it by itself, but never tells when the response to it breaks off.
 */
export class Misdirected implements Recourse {
  #used = false

  answered({ status, hop, sendable }: Answer): Next | null {
    if (this.#used || status !== 421 || !sendable) return null
    this.#used = true
    return { hop, reason: 'fresh-connection', delayMs: 0 }
  }
}
