/** Whether to ask before content is sent. */
export type ExpectMode = 'auto' | 'always' | 'never'

/**
 * What a route did: it answered an expectation with 417, or with nothing within the wait; it
 * answered an upload, whether it was asked or not, with 413, 429 or 503; over TLS it speaks HTTP/2
 * alone, or HTTP/1.1, which it did not say when that alone was offered.
 */
export type RouteFact = '417' | 'silent' | 'busy' | 'http2-only' | 'http1'

/** Why a request asks, or does not. */
export type DecisionReason =
  | 'threshold'
  | 'unknown-length'
  | 'always'
  | 'never'
  | 'no-content'
  | 'below-threshold'
  | 'remembered-417'
  | 'remembered-silent'
  | 'remembered-refusal'

/** Whether a request asks, and why. */
export interface Decision {
  readonly asks: boolean
  readonly reason: DecisionReason
}

/** What a decision is made from. */
export interface DecisionInput {
  /** The request's own `Expect` or the setting; a memory does not overrule `'always'`. */
  readonly expect: ExpectMode
  /** Bytes of content from which on `'auto'` asks. */
  readonly threshold: number
  /** Bytes of content, or `null` when that is not known. */
  readonly length: number | null
  /** What the route did before. */
  readonly remembered: readonly RouteFact[]
}

/** Decides whether a request asks before it sends its content. */
export function decide({ expect, threshold, length, remembered }: DecisionInput): Decision {
  // RFC 9110, section 10.1.1: no expectation in a request that has no content.
  if (length === 0) return { asks: false, reason: 'no-content' }
  if (expect === 'never') return { asks: false, reason: 'never' }
  if (expect === 'always') return { asks: true, reason: 'always' }
  // Asking this route was in vain; 417 comes before silence.
  const answersNoExpectation = remembered.find((fact) => fact === '417' || fact === 'silent')
  if (length !== null && length < threshold) {
    // What was refused for now may be refused again, and a head costs less than the content.
    if (answersNoExpectation === undefined && remembered.includes('busy')) {
      return { asks: true, reason: 'remembered-refusal' }
    }
    return { asks: false, reason: 'below-threshold' }
  }
  if (answersNoExpectation !== undefined) {
    return { asks: false, reason: `remembered-${answersNoExpectation}` }
  }
  return { asks: true, reason: length === null ? 'unknown-length' : 'threshold' }
}
