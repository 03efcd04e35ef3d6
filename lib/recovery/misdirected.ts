import type { Content } from '../content/content.ts'
import type { RecoveryStep } from '../upload/recovery-step.ts'

/**
 * Repeats a request once after a 421, over another connection (RFC 9110, section 15.5.20). Like
 * fetch, it does not repeat a request whose content can be read only once (Fetch standard,
 * HTTP-network-or-cache fetch).
 */
export function misdirection({ replayable }: Pick<Content, 'replayable'>): RecoveryStep[] {
  if (!replayable) return []
  let used = false
  const answered: RecoveryStep['answered'] = ({ status, httpRequest, sendable }) => {
    if (used || status !== 421 || !sendable) return null
    used = true
    return { httpRequest, reason: 'fresh-connection', delayMs: 0 }
  }
  return [{ answered }]
}
