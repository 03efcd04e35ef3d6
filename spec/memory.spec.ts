import { expect } from 'chai'
import { type RouteFact, RouteMemory, sharedMemory } from '../lib/memory.ts'
import { standingClock } from './support/clock.ts'

const here = 'http://uploads.example'
const there = 'http://other.example'

describe('RouteMemory', () => {
  it('knows nothing at first', () => {
    expect(new RouteMemory().recall(here)).to.equal(undefined)
  })

  for (const fact of ['417', 'silent'] as const) {
    it(`recalls ${fact} for the route that did it, and no other`, () => {
      const memory = new RouteMemory()
      memory.remember(here, fact)
      expect(memory.recall(here)).to.equal(fact)
      expect(memory.recall(there)).to.equal(undefined)
    })
  }

  it('recalls what a route did last', () => {
    const memory = new RouteMemory()
    memory.remember(here, 'silent')
    memory.remember(here, '417')
    expect(memory.recall(here)).to.equal('417')
  })

  it('forgets one route', () => {
    const memory = new RouteMemory()
    memory.remember(here, '417')
    memory.remember(there, 'silent')
    memory.forget(here)
    expect([memory.recall(here), memory.recall(there)]).to.deep.equal([undefined, 'silent'])
  })

  it('forgets all', () => {
    const memory = new RouteMemory()
    memory.remember(here, '417')
    memory.remember(there, 'silent')
    memory.clear()
    expect([memory.recall(here), memory.recall(there)]).to.deep.equal([undefined, undefined])
  })

  const times: readonly (readonly [string, RouteFact, object, number])[] = [
    ['an hour by default', '417', {}, 3_600_000],
    ['ten minutes by default', 'silent', {}, 600_000],
    ['as long as it is told', '417', { refusedFor: 50 }, 50],
    ['as long as it is told', 'silent', { silentFor: 70 }, 70],
  ]
  for (const [name, fact, options, milliseconds] of times) {
    it(`remembers ${fact} for ${name}`, () => {
      const clock = standingClock()
      const memory = new RouteMemory(options)
      clock.tick(10)
      memory.remember(here, fact)
      clock.tick(milliseconds)
      expect(memory.recall(here)).to.equal(fact)
      clock.tick(1)
      expect(memory.recall(here)).to.equal(undefined)
    })
  }

  it('counts from what a route did last, not from when it was asked about', () => {
    const clock = standingClock()
    const memory = new RouteMemory({ silentFor: 100 })
    clock.tick(10)
    memory.remember(here, 'silent')
    clock.tick(80)
    memory.remember(here, 'silent')
    clock.tick(80)
    expect(memory.recall(here)).to.equal('silent')
    clock.tick(21)
    expect(memory.recall(here)).to.equal(undefined)
  })

  it('gives each fact its own time, when one takes the place of the other', () => {
    const clock = standingClock()
    const memory = new RouteMemory({ silentFor: 100, refusedFor: 1000 })
    clock.tick(10)
    memory.remember(here, '417')
    memory.remember(here, 'silent')
    clock.tick(101)
    expect(memory.recall(here)).to.equal(undefined)
  })

  it('lets go of the route that was not used for the longest time', () => {
    const memory = new RouteMemory({ max: 2 })
    memory.remember('a', '417')
    memory.remember('b', '417')
    memory.recall('a')
    memory.remember('c', '417')
    expect(['a', 'b', 'c'].map((route) => memory.recall(route))).to.deep.equal([
      '417',
      undefined,
      '417',
    ])
  })

  for (const name of ['max', 'refusedFor', 'silentFor']) {
    for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, 5n, {}]) {
      it(`refuses ${name} ${typeof value} ${String(value)}`, () => {
        expect(() => new RouteMemory({ [name]: value })).to.throw(TypeError, `'${name}'`)
      })
    }
  }

  it('takes a million routes, and days', () => {
    const days = 86_400_000 * 20
    const options = { max: 1_000_000, refusedFor: days, silentFor: days }
    expect(new RouteMemory(options).recall(here)).to.equal(undefined)
  })

  it('refuses more routes than can be kept, by name', () => {
    expect(() => new RouteMemory({ max: Number.MAX_SAFE_INTEGER })).to.throw(TypeError, "'max'")
  })

  it('refuses an option that it does not know, by name', () => {
    expect(() => new RouteMemory({ refuseFor: 5 } as object)).to.throw(TypeError, "'refuseFor'")
  })
})

describe('sharedMemory', () => {
  it('is a memory', () => {
    expect(sharedMemory).to.be.instanceOf(RouteMemory)
  })
})
