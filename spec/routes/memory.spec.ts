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
  it('is empty at first', () => {
    const memory = new RouteMemory()
    expect(memory.recall(here)).to.deep.equal([])
    expect(memory.times(here)).to.deep.equal([])
    expect(memory.list()).to.deep.equal([])
  })

  for (const fact of facts) {
    it(`recalls ${fact} for its own route only`, () => {
      const memory = new RouteMemory()
      memory.remember(here, fact)
      expect(memory.recall(here)).to.deep.equal([fact])
      expect(memory.recall(there)).to.deep.equal([])
    })
  }

  it('recalls all facts of a route', () => {
    const memory = new RouteMemory()
    for (const fact of [...facts].reverse()) memory.remember(here, fact)
    expect(memory.recall(here)).to.deep.equal(facts)
  })

  it('keeps the last eight times of a 100, the latest last', () => {
    const memory = new RouteMemory()
    for (let time = 1; time <= 10; time++) memory.measured(here, time)
    expect(memory.times(here)).to.deep.equal([3, 4, 5, 6, 7, 8, 9, 10])
    expect(memory.times(there)).to.deep.equal([])
    expect(memory.recall(here)).to.deep.equal([])
  })

  it('clears all facts of a route', () => {
    const memory = memoryOf(here, there)
    memory.measured(here, 5)
    memory.forget(here)
    expect([memory.recall(here), memory.times(here)]).to.deep.equal([[], []])
    expect(memory.recall(there)).to.deep.equal(['417'])
  })

  it('clears only the named facts', () => {
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

  it('ignores facts that it does not have', () => {
    const memory = new RouteMemory()
    memory.forget(here)
    memory.forget(here, 'busy')
    expect(memory.list()).to.deep.equal([])
  })

  it('clears all entries', () => {
    const memory = memoryOf(here, there)
    memory.clear()
    expect([memory.recall(here), memory.recall(there)]).to.deep.equal([[], []])
  })

  it('evicts the least recently used route', () => {
    const memory = new RouteMemory({ max: 2 })
    memory.remember('a', '417')
    memory.remember('b', '417')
    memory.recall('a')
    memory.remember('c', '417')
    expect(memory.list().map(({ route }) => route)).to.deep.equal(['a', 'c'])
  })

  for (const name of options) {
    for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, 5n, {}]) {
      it(`rejects ${name} ${typeof value} ${String(value)}`, () => {
        expect(() => new RouteMemory({ [name]: value })).to.throw(TypeError, `'${name}'`)
      })
    }
  }

  it('accepts a million routes, and days', () => {
    const days = 86_400_000 * 20
    const lives = { refusedFor: days, silentFor: days, busyFor: days, timesFor: days }
    const memory = new RouteMemory({ max: 1_000_000, ...lives })
    expect(memory.recall(here)).to.deep.equal([])
  })

  it('rejects more routes than it can hold, by name', () => {
    expect(() => new RouteMemory({ max: Number.MAX_SAFE_INTEGER })).to.throw(TypeError, "'max'")
  })

  it('rejects an unknown option by name', () => {
    expect(() => new RouteMemory({ refuseFor: 5 } as object)).to.throw(TypeError, "'refuseFor'")
  })
})

describe('the list of a RouteMemory', () => {
  it('contains all facts with the date on which they expire', () => {
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

  it('has the most recently used route last', () => {
    const memory = memoryOf('a', 'b', 'c')
    memory.recall('a')
    expect(memory.list().map(({ route }) => route)).to.deep.equal(['b', 'c', 'a'])
  })

  it('omits expired facts, and routes without other facts', () => {
    const clock = standingClock()
    const memory = memoryOf(here)
    memory.remember(here, 'busy')
    memory.remember(there, 'busy')
    memory.measured(here, 5)
    clock.tick(600_001)
    expect(memory.list()).to.deep.equal([{ route: here, until: { '417': 3_600_000 }, times: [] }])
  })

  it('does not change later', () => {
    const memory = new RouteMemory()
    memory.measured(here, 5)
    const before = memory.list()
    memory.measured(here, 6)
    memory.remember(here, '417')
    expect(before[0]?.times).to.deep.equal([5])
    expect(before[0]?.until).to.have.all.keys('times')
  })

  it('does not count as a use', () => {
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
