import type { ExpectMode, Settings } from '../options.ts'
import type { AskReason } from '../report/report.ts'
import type { RouteFact } from '../routes/knowledge.ts'

/** Whether a request asks, and why. */
export interface Decision {
  readonly asks: boolean
  readonly reason: AskReason
}

/** What a decision is made from. */
export interface Circumstances {
  /** The request's own wish or the setting; a memory does not overrule `'always'`. */
  readonly expect: ExpectMode
  readonly settings: Settings
  /** Bytes of content, or `null` when that is not known. */
  readonly length: number | null
  /** What the route did before. */
  readonly remembered: readonly RouteFact[]
}

/** Decides whether a request asks before it sends its content. */
export function decide({ expect, settings, length, remembered }: Circumstances): Decision {
  // RFC 9110, section 10.1.1: no expectation in a request that has no content.
  if (length === 0) return { asks: false, reason: 'no-content' }
  if (expect === 'never') return { asks: false, reason: 'never' }
  if (expect === 'always') return { asks: true, reason: 'always' }
  // A route that is asked in vain; 417 comes before silence.
  const deaf = remembered.find((fact) => fact === '417' || fact === 'silent')
  if (length !== null && length < settings.threshold) {
    // What was refused for now may be refused again, and a head costs less than the content.
    if (deaf === undefined && remembered.includes('busy')) {
      return { asks: true, reason: 'remembered-refusal' }
    }
    return { asks: false, reason: 'below-threshold' }
  }
  if (deaf !== undefined) return { asks: false, reason: `remembered-${deaf}` }
  return { asks: true, reason: length === null ? 'unknown-length' : 'threshold' }
}
