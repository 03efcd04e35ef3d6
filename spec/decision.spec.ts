import { expect } from 'chai'
import { type Circumstances, decide } from '../lib/decision.ts'
import { defaults } from '../lib/options.ts'
import type { AskReason } from '../lib/report.ts'

const settings = { ...defaults, threshold: 100, memory: false as const }

type Row = readonly [
  Circumstances['expect'],
  Circumstances['length'],
  Circumstances['remembered'],
  boolean,
  AskReason,
]

const rows: readonly Row[] = [
  ['auto', 0, undefined, false, 'no-content'],
  ['auto', 0, '417', false, 'no-content'],
  ['auto', 1, undefined, false, 'below-threshold'],
  ['auto', 99, undefined, false, 'below-threshold'],
  ['auto', 99, '417', false, 'below-threshold'],
  ['auto', 100, undefined, true, 'threshold'],
  ['auto', Number.MAX_SAFE_INTEGER, undefined, true, 'threshold'],
  ['auto', 100, '417', false, 'remembered-417'],
  ['auto', 100, 'silent', false, 'remembered-silent'],
  ['auto', null, undefined, true, 'unknown-length'],
  ['auto', null, '417', false, 'remembered-417'],
  ['auto', null, 'silent', false, 'remembered-silent'],
  ['always', 0, undefined, false, 'no-content'],
  ['always', 1, undefined, true, 'always'],
  ['always', 100, '417', true, 'always'],
  ['always', null, 'silent', true, 'always'],
  ['never', 0, undefined, false, 'no-content'],
  ['never', 100, undefined, false, 'never'],
  ['never', null, undefined, false, 'never'],
  ['never', 100, '417', false, 'never'],
]

describe('decide', () => {
  for (const [expectation, length, remembered, asks, reason] of rows) {
    const after = remembered === undefined ? '' : ` on a route remembered for ${remembered}`
    const bytes = length === null ? 'an unknown number of' : length
    it(`says ${reason} to '${expectation}' with ${bytes} bytes${after}`, () => {
      const decision = decide({ expect: expectation, settings, length, remembered })
      expect(decision).to.deep.equal({ asks, reason })
    })
  }

  it('asks for any content when the threshold is 0', () => {
    const eager = { ...settings, threshold: 0 }
    const decision = decide({ expect: 'auto', settings: eager, length: 1, remembered: undefined })
    expect(decision).to.deep.equal({ asks: true, reason: 'threshold' })
  })

  for (const [length, asks] of [
    [Number.MAX_SAFE_INTEGER, false],
    [null, true],
  ] as const) {
    it(`${asks ? 'asks' : 'does not ask'} above all thresholds with ${length} bytes`, () => {
      const shy = { ...settings, threshold: Number.POSITIVE_INFINITY }
      const decision = decide({ expect: 'auto', settings: shy, length, remembered: undefined })
      expect(decision.asks).to.equal(asks)
    })
  }
})
