import { expect } from 'chai'
import { type DecisionInput, decide } from '../../lib/protocol/decision.ts'
import type { AskReason } from '../../lib/report/report.ts'

const threshold = 100

type Row = readonly [
  DecisionInput['expect'],
  DecisionInput['length'],
  DecisionInput['remembered'],
  boolean,
  AskReason,
]

const rows: readonly Row[] = [
  ['auto', 0, [], false, 'no-content'],
  ['auto', 0, ['417'], false, 'no-content'],
  ['auto', 1, [], false, 'below-threshold'],
  ['auto', 99, [], false, 'below-threshold'],
  ['auto', 99, ['417'], false, 'below-threshold'],
  ['auto', 99, ['busy'], true, 'remembered-refusal'],
  ['auto', 1, ['busy'], true, 'remembered-refusal'],
  ['auto', 0, ['busy'], false, 'no-content'],
  ['auto', 99, ['417', 'busy'], false, 'below-threshold'],
  ['auto', 99, ['silent', 'busy'], false, 'below-threshold'],
  ['auto', 100, ['busy'], true, 'threshold'],
  ['auto', null, ['busy'], true, 'unknown-length'],
  ['auto', 100, ['417', 'busy'], false, 'remembered-417'],
  ['auto', 100, ['silent', 'busy'], false, 'remembered-silent'],
  ['auto', 100, ['417', 'silent'], false, 'remembered-417'],
  ['never', 99, ['busy'], false, 'never'],
  ['always', 99, ['busy'], true, 'always'],
  ['auto', 100, [], true, 'threshold'],
  ['auto', Number.MAX_SAFE_INTEGER, [], true, 'threshold'],
  ['auto', 100, ['417'], false, 'remembered-417'],
  ['auto', 100, ['silent'], false, 'remembered-silent'],
  ['auto', null, [], true, 'unknown-length'],
  ['auto', null, ['417'], false, 'remembered-417'],
  ['auto', null, ['silent'], false, 'remembered-silent'],
  ['always', 0, [], false, 'no-content'],
  ['always', 1, [], true, 'always'],
  ['always', 100, ['417'], true, 'always'],
  ['always', null, ['silent'], true, 'always'],
  ['never', 0, [], false, 'no-content'],
  ['never', 100, [], false, 'never'],
  ['never', null, [], false, 'never'],
  ['never', 100, ['417'], false, 'never'],
]

describe('decide', () => {
  for (const [expectation, length, remembered, asks, reason] of rows) {
    const after = remembered.length === 0 ? '' : ` on a route remembered for ${remembered}`
    const bytes = length === null ? 'an unknown number of' : length
    it(`returns ${reason} for '${expectation}' with ${bytes} bytes${after}`, () => {
      const decision = decide({ expect: expectation, threshold, length, remembered })
      expect(decision).to.deep.equal({ asks, reason })
    })
  }

  it('sends an expectation for any content when the threshold is 0', () => {
    const decision = decide({ expect: 'auto', threshold: 0, length: 1, remembered: [] })
    expect(decision).to.deep.equal({ asks: true, reason: 'threshold' })
  })

  for (const [length, asks] of [
    [Number.MAX_SAFE_INTEGER, false],
    [null, true],
  ] as const) {
    it(`${asks ? 'sends an expectation' : 'sends no expectation'} with every threshold exceeded and ${length} bytes`, () => {
      const threshold = Number.POSITIVE_INFINITY
      const decision = decide({ expect: 'auto', threshold: threshold, length, remembered: [] })
      expect(decision.asks).to.equal(asks)
    })
  }
})
