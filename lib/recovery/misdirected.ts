import type { Content } from '../content/content.ts'
import type { Answer, Next, Recourse } from '../upload/recourse.ts'

/**
 * One more request after a 421, over another connection (RFC 9110, section 15.5.20). As with
 * fetch, there is none for content that can be read once (Fetch standard, HTTP-network-or-cache
 * fetch).
 */
export function misdirection({ replayable }: Pick<Content, 'replayable'>): Recourse[] {
  return replayable ? [new Misdirected()] : []
}

class Misdirected implements Recourse {
  #used = false

  answered({ status, hop, sendable }: Answer): Next | null {
    if (this.#used || status !== 421 || !sendable) return null
    this.#used = true
    return { hop, reason: 'fresh-connection', delayMs: 0 }
  }
}
