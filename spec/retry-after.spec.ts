import { expect } from 'chai'
import { parseRetryAfter } from '../lib/protocol/retry-after.ts'

const now = Date.UTC(2026, 10, 24, 12, 0, 0)

describe('parseRetryAfter', () => {
  const rows: readonly (readonly [unknown, number | null])[] = [
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tuesday, 24-Nov-26 12:00:30 GMT', 30_000],
    ['Tue Nov 24 12:00:30 2026 GMT', 30_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['-1', null],
    ['1.5', null],
    ['99999999999', null],
    ['2026-11-24', null],
    ['soon', null],
    ['Sooner than you think', null],
    ['', null],
    [undefined, null],
    [['1', '2'], null],
  ]
  for (const [value, milliseconds] of rows) {
    it(`makes ${milliseconds} of ${JSON.stringify(value)}`, () => {
      expect(parseRetryAfter(value, now)).to.equal(milliseconds)
    })
  }
})
