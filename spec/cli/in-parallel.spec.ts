import { expect } from 'chai'
import { inParallel } from '../../lib/cli/uploads.ts'
import { turns } from '../support/turns.ts'

describe('inParallel', () => {
  it('runs a limited number of items concurrently, in order', async () => {
    const begun: number[] = []
    const ends: (() => void)[] = []
    const all = inParallel([1, 2, 3, 4], 2, (item) => {
      begun.push(item)
      return new Promise((end) => ends.push(end))
    })
    const seen: string[] = []
    for (let at = 0; at < 4; at++) {
      await turns()
      seen.push(begun.join(' '))
      ends[at]?.()
    }
    await all
    expect(seen).to.deep.equal(['1 2', '1 2 3', '1 2 3 4', '1 2 3 4'])
  })

  it('resolves at once without items', async () => {
    await inParallel([], 2, () => Promise.reject(new Error('there is nothing')))
  })

  it('rejects when an item fails', async () => {
    const failure = new Error('failed')
    const all = inParallel([1, 2], 1, () => Promise.reject(failure))
    expect(await all.catch((error) => error)).to.equal(failure)
  })
})
