import { expect } from 'chai'
import { Turns } from '../../lib/recovery/authentication/turns.ts'
import type { Hop } from '../../lib/upload/hop.ts'

function to(path: string, origin = 'http://uploads.example'): Hop {
  return { origin, path, method: 'PUT', headers: [], hasContent: true }
}

/** The turns that are given to challenges, stale ones among them. */
function taken(turns: Turns, ...stale: boolean[]): boolean[] {
  return stale.map((each) => turns.take(each))
}

describe('Turns', () => {
  it('gives one turn', () => {
    expect(taken(new Turns(), false, false, false)).to.deep.equal([true, false, false])
  })

  it('gives one more to a stale nonce', () => {
    expect(taken(new Turns(), false, true, true, false)).to.deep.equal([true, true, false, false])
  })

  it('gives a turn after a stale nonce', () => {
    expect(taken(new Turns(), true, false, true)).to.deep.equal([true, true, false])
  })

  it('begins anew for another target', () => {
    const turns = new Turns()
    turns.begin(to('/a'))
    expect(taken(turns, false, true)).to.deep.equal([true, true])
    for (const hop of [to('/b'), to('/b?c'), to('/b?c', 'https://uploads.example')]) {
      turns.begin(hop)
      expect(taken(turns, false, true, false)).to.deep.equal([true, true, false])
    }
  })

  it('goes on for the same target', () => {
    const turns = new Turns()
    turns.begin(to('/a'))
    turns.take(false)
    turns.begin(to('/a'))
    expect(turns.take(false)).to.equal(false)
  })
})
