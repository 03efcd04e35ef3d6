/** Whether to send `Expect: 100-continue` before the content. */
export type ExpectMode = 'auto' | 'always' | 'never'

/**
 * What a route did before:
 *
 * - `'417'`: it answered an expectation with 417.
 * - `'silent'`: it did not answer an expectation within the wait.
 * - `'busy'`: it answered an upload with 413, 429 or 503.
 * - `'http2-only'`: over TLS it speaks HTTP/2 only.
 * - `'http1'`: over TLS it speaks HTTP/1.1, but selects no protocol when only HTTP/1.1 is offered.
 */
export type RouteFact = '417' | 'silent' | 'busy' | 'http2-only' | 'http1'

/** Why a request carries the expectation, or does not. */
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

export interface Decision {
  readonly asks: boolean
  readonly reason: DecisionReason
}

export interface DecisionInput {
  /** The mode from the request's own `Expect`, or from the setting. `'always'` ignores what is remembered. */
  readonly expect: ExpectMode
  /** Bytes of content from which `'auto'` sends the expectation. */
  readonly threshold: number
  /** Bytes of content; `null` when unknown. */
  readonly length: number | null
  readonly remembered: readonly RouteFact[]
}

/** Decides whether a request carries `Expect: 100-continue`. */
export function decide({ expect, threshold, length, remembered }: DecisionInput): Decision {
  // A request without content must not carry the expectation (RFC 9110, section 10.1.1).
  if (length === 0) return { asks: false, reason: 'no-content' }
  if (expect === 'never') return { asks: false, reason: 'never' }
  if (expect === 'always') return { asks: true, reason: 'always' }
  // A 417 is reported in preference to silence, whatever their order in the memory.
  const answersNoExpectation = remembered.find((fact) => fact === '417' || fact === 'silent')
  if (length !== null && length < threshold) {
    // A busy route may refuse again, and then only the head was sent.
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
