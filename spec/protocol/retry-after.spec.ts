import { expect } from 'chai'
import { parseRetryAfter } from '../../lib/protocol/retry-after.ts'

const now = Date.UTC(2026, 10, 24, 12, 0, 0)

describe('parseRetryAfter', () => {
  const rows: readonly (readonly [unknown, number | null])[] = [
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tuesday, 24-Nov-26 12:00:30 GMT', 30_000],
    ['Tue, 1 Dec 2026 12:00:00 UTC', 604_800_000],
    ['Tue Nov 24 12:00:30 2026', 30_000],
    ['Tue Nov 24 12:00:30 2026 GMT', 30_000],
    ['Tue Dec  1 12:00:00 2026', 604_800_000],
    ['Tuesday, 01-Dec-26 12:00:00 GMT', 604_800_000],
    ['Wednesday, 24-Nov-77 12:00:00 GMT', 0],
    ['Tuesday, 24-Nov-76 12:00:00 GMT', Date.UTC(2076, 10, 24, 12) - now],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['-1', null],
    ['1.5', null],
    ['99999999999', 99_999_999_999_000],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
    ['+5', null],
    ['Tue, 24 Nov 2026 12:00:30 +0100', null],
    ['Tue, 24 Foo 2026 12:00:30 GMT', null],
    ['Tue, 24 Nov 2026 12:00', null],
    ['2026-11-24', null],
    ['soon', null],
    ['Sooner than you think', null],
    ['', null],
    [undefined, null],
    [['1', '2'], null],
  ]
  const zone = process.env.TZ
  before(() => {
    process.env.TZ = 'America/New_York'
  })
  after(() => {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })

  for (const [value, milliseconds] of rows) {
    it(`parses ${JSON.stringify(value)} as ${milliseconds}`, () => {
      expect(parseRetryAfter(value, now)).to.equal(milliseconds)
    })
  }
})
