import { expect } from 'chai'
import { originSpace } from '../../../lib/recovery/authentication/protection-space.ts'
import { SessionCache } from '../../../lib/recovery/authentication/session-cache.ts'

const one = (): null => null
const two = { basic: { username: 'user', password: 'secret' } }
const here = originSpace('http://uploads.example')

describe('SessionCache', () => {
  it('keeps a value for its owner and its space', () => {
    const kept = new SessionCache<object>()
    const value = {}
    kept.set(one, here, value)
    expect(kept.get(one, here)).to.equal(value)
    expect(kept.get(one, originSpace('http://UPLOADS.example:80/'))).to.equal(value)
    expect(kept.get(two, here)).to.equal(undefined)
    expect(kept.get({ ...two }, here)).to.equal(undefined)
    expect(kept.get(one, originSpace('http://other.example'))).to.equal(undefined)
    expect(kept.get(one, { ...here, status: 407 })).to.equal(undefined)
  })

  it('drops a value, but not the one that replaced it', () => {
    const kept = new SessionCache<object>()
    const [before, after] = [{}, {}]
    kept.set(one, here, before)
    kept.set(one, here, after)
    kept.drop(one, here, before)
    expect(kept.get(one, here)).to.equal(after)
    kept.drop(one, here, after)
    expect(kept.get(one, here)).to.equal(undefined)
  })

  it('ignores a drop of a value that it does not have', () => {
    const kept = new SessionCache<object>()
    kept.drop(one, here, {})
    expect(kept.get(one, here)).to.equal(undefined)
  })

  it('evicts the least recently used origin', () => {
    const kept = new SessionCache<object>()
    const spaces = Array.from({ length: 101 }, (_, index) => originSpace(`http://host${index}`))
    for (const space of spaces.slice(0, 100)) kept.set(one, space, {})
    const [first, second, ...rest] = spaces
    if (first === undefined || second === undefined) throw new Error('There are no spaces')
    kept.get(one, first)
    kept.set(one, rest.at(-1) ?? second, {})
    expect(kept.get(one, second)).to.equal(undefined)
    expect([first, ...rest].every((space) => kept.get(one, space) !== undefined)).to.equal(true)
  })
})
