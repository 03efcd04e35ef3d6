import { expect } from 'chai'
import type { RouteFact } from '../../lib/protocol/decision.ts'
import { RouteMemory, sharedMemory } from '../../lib/routes/memory.ts'
import { standingClock } from '../support/clock.ts'

const here = 'http://uploads.example'
const there = 'http://other.example'
const facts: readonly RouteFact[] = ['417', 'silent', 'busy']
const options = ['max', 'refusedFor', 'silentFor', 'busyFor', 'timesFor'] as const

/** A memory with these routes, noted in this order. */
function memoryOf(...routes: string[]): RouteMemory {
  const memory = new RouteMemory()
  for (const route of routes) memory.remember(route, '417')
  return memory
}

describe('RouteMemory', () => {
  it('knows nothing at first', () => {
    const memory = new RouteMemory()
    expect(memory.recall(here)).to.deep.equal([])
    expect(memory.times(here)).to.deep.equal([])
    expect(memory.list()).to.deep.equal([])
  })

  for (const fact of facts) {
    it(`recalls ${fact} for the route that did it, and no other`, () => {
      const memory = new RouteMemory()
      memory.remember(here, fact)
      expect(memory.recall(here)).to.deep.equal([fact])
      expect(memory.recall(there)).to.deep.equal([])
    })
  }

  it('recalls all that a route did', () => {
    const memory = new RouteMemory()
    for (const fact of [...facts].reverse()) memory.remember(here, fact)
    expect(memory.recall(here)).to.deep.equal(facts)
  })

  it('knows how long the last eight go-aheads took, the latest at the end', () => {
    const memory = new RouteMemory()
    for (let time = 1; time <= 10; time++) memory.measured(here, time)
    expect(memory.times(here)).to.deep.equal([3, 4, 5, 6, 7, 8, 9, 10])
    expect(memory.times(there)).to.deep.equal([])
    expect(memory.recall(here)).to.deep.equal([])
  })

  it('forgets all of one route', () => {
    const memory = memoryOf(here, there)
    memory.measured(here, 5)
    memory.forget(here)
    expect([memory.recall(here), memory.times(here)]).to.deep.equal([[], []])
    expect(memory.recall(there)).to.deep.equal(['417'])
  })

  it('forgets what is named, and no more', () => {
    const memory = new RouteMemory()
    for (const fact of facts) memory.remember(here, fact)
    memory.measured(here, 5)
    memory.forget(here, '417', 'silent')
    expect([memory.recall(here), memory.times(here)]).to.deep.equal([['busy'], [5]])
    memory.forget(here, 'times')
    expect([memory.recall(here), memory.times(here)]).to.deep.equal([['busy'], []])
    memory.measured(here, 7)
    expect(memory.times(here)).to.deep.equal([7])
  })

  it('forgets what it does not know', () => {
    const memory = new RouteMemory()
    memory.forget(here)
    memory.forget(here, 'busy')
    expect(memory.list()).to.deep.equal([])
  })

  it('forgets all', () => {
    const memory = memoryOf(here, there)
    memory.clear()
    expect([memory.recall(here), memory.recall(there)]).to.deep.equal([[], []])
  })

  it('lets go of the route that was not used for the longest time', () => {
    const memory = new RouteMemory({ max: 2 })
    memory.remember('a', '417')
    memory.remember('b', '417')
    memory.recall('a')
    memory.remember('c', '417')
    expect(memory.list().map(({ route }) => route)).to.deep.equal(['a', 'c'])
  })

  for (const name of options) {
    for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, 5n, {}]) {
      it(`refuses ${name} ${typeof value} ${String(value)}`, () => {
        expect(() => new RouteMemory({ [name]: value })).to.throw(TypeError, `'${name}'`)
      })
    }
  }

  it('takes a million routes, and days', () => {
    const days = 86_400_000 * 20
    const lives = { refusedFor: days, silentFor: days, busyFor: days, timesFor: days }
    const memory = new RouteMemory({ max: 1_000_000, ...lives })
    expect(memory.recall(here)).to.deep.equal([])
  })

  it('refuses more routes than can be kept, by name', () => {
    expect(() => new RouteMemory({ max: Number.MAX_SAFE_INTEGER })).to.throw(TypeError, "'max'")
  })

  it('refuses an option that it does not know, by name', () => {
    expect(() => new RouteMemory({ refuseFor: 5 } as object)).to.throw(TypeError, "'refuseFor'")
  })
})

describe("what a RouteMemory's list() gives", () => {
  it('is all that is known, with the date on which it ends', () => {
    const clock = standingClock()
    clock.tick(1000)
    const memory = new RouteMemory()
    for (const fact of facts) memory.remember(here, fact)
    memory.measured(here, 12.5)
    memory.measured(there, 3)
    expect(memory.list()).to.deep.equal([
      {
        route: here,
        until: { '417': 3_601_000, silent: 601_000, busy: 61_000, times: 601_000 },
        times: [12.5],
      },
      { route: there, until: { times: 601_000 }, times: [3] },
    ])
  })

  it('has the route that was used last at the end', () => {
    const memory = memoryOf('a', 'b', 'c')
    memory.recall('a')
    expect(memory.list().map(({ route }) => route)).to.deep.equal(['b', 'c', 'a'])
  })

  it('leaves out what has expired, and routes of which no more is known', () => {
    const clock = standingClock()
    const memory = memoryOf(here)
    memory.remember(here, 'busy')
    memory.remember(there, 'busy')
    memory.measured(here, 5)
    clock.tick(600_001)
    expect(memory.list()).to.deep.equal([{ route: here, until: { '417': 3_600_000 }, times: [] }])
  })

  it('is no longer written to', () => {
    const memory = new RouteMemory()
    memory.measured(here, 5)
    const before = memory.list()
    memory.measured(here, 6)
    memory.remember(here, '417')
    expect(before[0]?.times).to.deep.equal([5])
    expect(before[0]?.until).to.have.all.keys('times')
  })

  it('does not count as use', () => {
    const memory = memoryOf('a', 'b')
    memory.list()
    expect(memory.list().map(({ route }) => route)).to.deep.equal(['a', 'b'])
  })
})

describe('sharedMemory', () => {
  it('is a memory', () => {
    expect(sharedMemory).to.be.instanceOf(RouteMemory)
  })
})
