import { expect } from 'chai'
import type { RouteFact } from '../../lib/protocol/decision.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { Route } from '../../lib/routes/route.ts'

const key = 'http://uploads.example'

/** A route with every fact. */
function known(): { route: Route; memory: RouteMemory } {
  const memory = new RouteMemory()
  for (const fact of ['417', 'silent', 'busy'] as const) memory.remember(key, fact)
  memory.measured(key, 5)
  return { route: new Route(memory, key, false), memory }
}

describe('Route', () => {
  it('reads the facts in the memory', () => {
    const { route } = known()
    expect(route.facts).to.deep.equal(['417', 'silent', 'busy'])
    expect(route.times).to.deep.equal([5])
  })

  it('loses 417 and silence after a 100, but stays busy', () => {
    const { route } = known()
    route.continued(7)
    expect(route.facts).to.deep.equal(['busy'])
    expect(route.times).to.deep.equal([5, 7])
  })

  it('loses 417 and silence after a 100 without an expectation, which has no time', () => {
    const { route } = known()
    route.continued(null)
    expect(route.facts).to.deep.equal(['busy'])
    expect(route.times).to.deep.equal([5])
  })

  it('is silent after a full wait without a 100', () => {
    const { route, memory } = known()
    memory.forget(key, 'silent')
    route.unanswered(false)
    expect(route.facts).to.include('silent')
    expect(route.times).to.deep.equal([5])
  })

  it('loses its times after a measured wait without a 100, but is not silent', () => {
    const { route, memory } = known()
    memory.forget(key, 'silent')
    route.unanswered(true)
    expect(route.facts).not.to.include('silent')
    expect(route.times).to.deep.equal([])
  })

  const answers: readonly (readonly [number, boolean, RouteFact[], RouteFact[]])[] = [
    [200, false, ['busy'], []],
    [299, true, ['busy'], []],
    [300, false, ['busy'], ['busy']],
    [401, true, [], []],
    [413, false, [], ['busy']],
    [413, true, [], ['busy']],
    [417, false, [], []],
    [417, true, ['busy'], ['417', 'busy']],
    [429, false, [], ['busy']],
    [500, false, [], []],
    [503, true, [], ['busy']],
    [504, false, [], []],
  ]
  for (const [status, asked, before, after] of answers) {
    const how = asked ? 'an upload with an expectation' : 'an upload'
    it(`with the facts [${before}] has [${after}] after a ${status} to ${how}`, () => {
      const memory = new RouteMemory()
      for (const fact of before) memory.remember(key, fact)
      new Route(memory, key, false).answered(status, asked)
      expect(memory.recall(key)).to.deep.equal(after)
    })
  }

  it('has and notes no facts without a memory', () => {
    const route = new Route(false, key, false)
    route.continued(5)
    route.unanswered(true)
    route.unanswered(false)
    route.answered(503, true)
    expect([route.facts, route.times]).to.deep.equal([[], []])
  })
})
