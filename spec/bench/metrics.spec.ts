import { expect } from 'chai'
import { median, ratioOf, spreadOf } from '../../bench/metrics.ts'

describe('median', () => {
  const table: readonly [readonly number[], number][] = [
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    // Sorted as text, 10 would come before 9.
    [[10, 9, 100], 10],
  ]
  for (const [numbers, middle] of table) {
    it(`of ${numbers.join(', ')} is ${middle}`, () => {
      expect(median(numbers)).to.equal(middle)
    })
  }

  it('does not sort its argument', () => {
    const numbers = [3, 1, 2]
    median(numbers)
    expect(numbers).to.deep.equal([3, 1, 2])
  })

  it('throws for an empty list', () => {
    expect(() => median([])).to.throw(RangeError, 'No numbers')
  })
})

describe('spreadOf', () => {
  it('returns the median, the lowest and the highest', () => {
    expect(spreadOf([5, 1, 3])).to.deep.equal({ median: 3, min: 1, max: 5 })
  })
})

describe('ratioOf', () => {
  it('compares the rounds, not the medians', () => {
    // A machine that becomes four times slower over time, with ours twice as fast in each round.
    expect(ratioOf([2, 4, 8], [1, 2, 4])).to.deep.equal({ median: 2, min: 2, max: 2 })
    expect(ratioOf([1, 2, 3], [1, 4, 1])).to.deep.equal({ median: 1, min: 0.5, max: 3 })
  })

  it('throws for lists of different lengths', () => {
    expect(() => ratioOf([1, 2], [1])).to.throw(RangeError, '2 rounds cannot be paired with 1')
  })
})
