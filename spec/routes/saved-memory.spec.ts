import { expect } from 'chai'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { standingClock } from '../support/clock.ts'

const here = 'http://uploads.example'
const there = 'http://proxy.example http://other.example'

function reloaded(memory: RouteMemory): RouteMemory {
  return RouteMemory.from(JSON.parse(JSON.stringify(memory)))
}

/** A valid record, except for these properties. */
function record(wrong: object): unknown {
  return { route: here, until: { '417': 4_102_444_800_000 }, times: [], ...wrong }
}

describe('RouteMemory.from', () => {
  it('loads the output of JSON.stringify', () => {
    const memory = new RouteMemory()
    memory.remember(here, '417')
    memory.remember(there, 'busy')
    memory.remember(there, 'silent')
    for (const time of [1, 2.5, 3]) memory.measured(there, time)
    const other = reloaded(memory)
    expect(other.recall(here)).to.deep.equal(['417'])
    expect(other.recall(there)).to.deep.equal(['silent', 'busy'])
    expect(other.times(there)).to.deep.equal([1, 2.5, 3])
    expect(reloaded(memory).list()).to.deep.equal(memory.list())
  })

  it('loads the output of list()', () => {
    const memory = new RouteMemory()
    memory.measured(here, 5)
    expect(RouteMemory.from(memory.list()).list()).to.deep.equal(memory.list())
  })

  it('copies its argument', () => {
    const times = [1, 2]
    const memory = RouteMemory.from([{ route: here, until: { times: Date.now() + 1000 }, times }])
    memory.measured(here, 3)
    times.push(9)
    expect(memory.times(here)).to.deep.equal([1, 2, 3])
  })

  it('keeps the expiry dates', () => {
    const clock = standingClock()
    const memory = new RouteMemory({ busyFor: 1000 })
    memory.remember(here, 'busy')
    const text = JSON.stringify(memory)
    clock.tick(700)
    const other = RouteMemory.from(JSON.parse(text), { busyFor: 5000 })
    clock.tick(300)
    expect(other.recall(here)).to.deep.equal(['busy'])
    clock.tick(1)
    expect(other.recall(here)).to.deep.equal([])
  })

  it('drops expired facts, which use no capacity', () => {
    const clock = standingClock()
    const memory = new RouteMemory()
    memory.remember(here, 'silent')
    memory.remember('a', 'busy')
    memory.remember('b', 'busy')
    const text = JSON.stringify(memory)
    clock.tick(60_001)
    const other = RouteMemory.from(JSON.parse(text), { max: 1 })
    expect(other.list().map(({ route }) => route)).to.deep.equal([here])
  })

  it('keeps the most recently used routes if it cannot hold all', () => {
    const memory = new RouteMemory()
    for (const route of ['a', 'b', 'c']) memory.remember(route, '417')
    memory.recall('a')
    const other = RouteMemory.from(memory.list(), { max: 2 })
    expect(other.list().map(({ route }) => route)).to.deep.equal(['c', 'a'])
  })

  it('keeps no fact longer than its own options allow', () => {
    const clock = standingClock()
    const memory = new RouteMemory()
    memory.remember(here, '417')
    const other = RouteMemory.from(memory.list(), { refusedFor: 50 })
    clock.tick(51)
    expect(other.recall(here)).to.deep.equal([])
  })

  it('accepts the options of the constructor', () => {
    expect(() => RouteMemory.from([], { max: 0 })).to.throw(TypeError, "'max'")
    expect(() => RouteMemory.from([], { mux: 1 } as object)).to.throw(TypeError, "'mux'")
  })

  it('loads an empty list', () => {
    expect(RouteMemory.from([]).list()).to.deep.equal([])
  })

  const bad: readonly (readonly [unknown, string])[] = [
    [undefined, 'must be an array, not undefined'],
    [null, 'must be an array, not null'],
    [{ 0: record({}) }, 'must be an array, not an object'],
    ['[]', 'must be an array, not a string; pass what JSON.parse() makes of it'],
    [[record({}), null], 'Record 1 of a saved memory is wrong: It must be an object, not null'],
    [[[]], 'It must be an object, not an array'],
    [['x'], 'It must be an object, not a string'],
    [[{}], "'route' must be a string, not undefined"],
    [[record({ route: 5 })], "'route' must be a string, not 5"],
    [[record({ route: null })], "'route' must be a string, not null"],
    [[record({ until: undefined })], "'until' must be an object, not undefined"],
    [[record({ until: [5] })], "'until' must be an object, not an array"],
    [[record({ until: { '417': '5' } })], "'until.417' must be a number, 0 or more, not a string"],
    [[record({ until: { silent: -1 } })], "'until.silent' must be a number, 0 or more, not -1"],
    [[record({ until: { busy: null } })], "'until.busy' must be a number, 0 or more, not null"],
    [
      [record({ until: { times: Number.NaN } })],
      "'until.times' must be a number, 0 or more, not NaN",
    ],
    [
      [record({ until: { times: Number.POSITIVE_INFINITY } })],
      "'until.times' must be a number, 0 or more, not Infinity",
    ],
    [[record({ times: undefined })], "'times' must be an array of numbers, 0 or more, not undef"],
    [[record({ times: 5 })], "'times' must be an array of numbers, 0 or more, not 5"],
    [[record({ times: { length: 1, 0: 5 } })], "'times' must be an array"],
    [[record({ times: [1, '2'] })], "'times' must be an array of numbers"],
    [[record({ times: [-1] })], "'times' must be an array of numbers"],
    [[record({ times: [[1]] })], "'times' must be an array of numbers"],
    // biome-ignore lint/suspicious/noSparseArray: an array with a hole is what is meant.
    [[record({ times: [1, , 2] })], "'times' must be an array of numbers"],
  ]
  for (const [saved, message] of bad) {
    it(`refuses ${JSON.stringify(saved)}`, () => {
      expect(() => RouteMemory.from(saved)).to.throw(TypeError, message)
    })
  }

  it('does not print its argument in errors', () => {
    const secret = 'http://user:secret@uploads.example'
    expect(() => RouteMemory.from(secret))
      .to.throw(TypeError)
      .with.property('message')
      .not.contain('secret')
    expect(() => RouteMemory.from([{ route: secret, until: secret }]))
      .to.throw(TypeError)
      .with.property('message')
      .not.contain('secret')
  })

  it('ignores keys with special names', () => {
    const later = Date.now() + 1000
    const text = `[{"__proto__": {"until": 5}, "constructor": 1, "route": "__proto__",
      "until": {"__proto__": {"busy": ${later}}, "417": ${later}, "toString": 5, "other": "x"},
      "times": [], "more": {}}]`
    const memory = RouteMemory.from(JSON.parse(text))
    expect(memory.recall('__proto__')).to.deep.equal(['417'])
    expect(memory.list()).to.deep.equal([
      { route: '__proto__', until: { '417': later }, times: [] },
    ])
    expect(({} as { until?: unknown }).until).to.equal(undefined)
    expect(memory.recall('constructor')).to.deep.equal([])
  })

  it('ignores inherited properties of a record', () => {
    const inherited = Object.create({ route: here, until: {}, times: [] })
    expect(() => RouteMemory.from([inherited])).to.throw(TypeError, "'route'")
  })

  it('limits huge numbers and long lists', () => {
    const times = new Array(100_000).fill(1e300)
    const memory = RouteMemory.from([{ route: here, until: { '417': 1e300, times: 1e300 }, times }])
    const latest = Date.now() + 3_600_000
    expect(memory.times(here)).to.have.length(8)
    expect(memory.list()[0]?.until['417']).to.be.at.most(latest)
  })
})
