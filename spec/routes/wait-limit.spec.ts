import { expect } from 'chai'
import { waitLimit } from '../../lib/routes/wait-limit.ts'

describe('waitLimit', () => {
  for (const setting of [0, 0.5, 1000, 60_000]) {
    it(`is the ${setting} ms of the option, regardless of measured times`, () => {
      const limit = { milliseconds: setting, measured: false }
      expect(waitLimit(setting, { times: [] }, 1000)).to.deep.equal(limit)
      expect(waitLimit(setting, { times: [5] }, 1000)).to.deep.equal(limit)
    })
  }

  it('is the full wait when it is adaptive and no times are known', () => {
    expect(waitLimit('adaptive', { times: [] }, 1000)).to.deep.equal({
      milliseconds: 1000,
      measured: false,
    })
  })

  const rows: readonly (readonly [readonly number[], number])[] = [
    [[0], 300],
    [[2.5], 310],
    [[10, 90, 20], 660],
    [[175], 1000],
    // A route that needs longer than the full wait gets longer.
    [[600], 2700],
    [[5000], 3000],
    [[1e300], 3000],
  ]
  for (const [times, milliseconds] of rows) {
    it(`is ${milliseconds} ms when it is adaptive and a 100 took ${times.join(', ')} ms`, () => {
      expect(waitLimit('adaptive', { times }, 1000)).to.deep.equal({ milliseconds, measured: true })
    })
  }
})
