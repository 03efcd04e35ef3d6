import { expect } from 'chai'
import { RecentMap } from '../lib/recent-map.ts'

const filled = (...keys: readonly string[]): RecentMap<string, number> => {
  const map = new RecentMap<string, number>(3)
  for (const [at, key] of keys.entries()) map.set(key, at)
  return map
}

const keysOf = (map: RecentMap<string, number>): string[] => [...map.entries()].map(([key]) => key)

describe('RecentMap', () => {
  it('leaves out the one that was not used for the longest time', () => {
    const map = filled('a', 'b', 'c')
    expect(map.get('a')).to.equal(0)
    map.set('d', 3)
    expect(keysOf(map)).to.eql(['c', 'a', 'd'])
    expect(map.get('b')).to.equal(undefined)
    expect(map.size).to.equal(3)
  })

  it('keeps one entry for a key', () => {
    const map = filled('a', 'b', 'a', 'c', 'd')
    expect(keysOf(map)).to.eql(['a', 'c', 'd'])
    expect(map.get('a')).to.equal(2)
  })

  it('tells what was used last, whatever was looked for and deleted in between', () => {
    const map = filled('a', 'b')
    map.get('b')
    map.get('x')
    map.get('a')
    expect(keysOf(map)).to.eql(['b', 'a'])
    map.delete('a')
    map.set('a', 5)
    map.set('c', 6)
    map.get('b')
    expect(keysOf(map)).to.eql(['a', 'c', 'b'])
    map.clear()
    expect([map.size, map.get('b')]).to.eql([0, undefined])
    map.set('b', 7)
    expect(map.get('b')).to.equal(7)
  })
})
