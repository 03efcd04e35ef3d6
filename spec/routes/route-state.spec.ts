import { expect } from 'chai'
import { RouteMemory, type RouteMemoryOptions } from '../../lib/routes/memory.ts'
import { type RouteKnowledge, RouteState } from '../../lib/routes/route-state.ts'
import { standingClock } from '../support/clock.ts'

const route = 'http://uploads.example'
const lives = { '417': 1000, silent: 300, busy: 100, 'http2-only': 50, http1: 50, times: 200 }

/** A state with every fact, noted now. */
function all(): RouteState {
  const state = new RouteState(lives)
  for (const fact of ['417', 'silent', 'busy'] as const) state.note(fact)
  state.note('times', [5])
  return state
}

function names(state: RouteState): string[] {
  return [...state.facts, ...(state.times.length > 0 ? ['times'] : [])]
}

describe('RouteState', () => {
  it('lets each fact expire at its own time', () => {
    const clock = standingClock()
    const state = all()
    const known = [100, 1, 99, 1, 99, 1, 699, 1].map((milliseconds) => {
      clock.tick(milliseconds)
      return names(state).join(' ')
    })
    expect(known).to.deep.equal([
      '417 silent busy times',
      '417 silent times',
      '417 silent times',
      '417 silent',
      '417 silent',
      '417',
      '417',
      '',
    ])
    expect(state.empty).to.equal(true)
  })

  it('counts from the last note, not from the last read', () => {
    const clock = standingClock()
    const state = all()
    clock.tick(80)
    state.note('busy')
    clock.tick(80)
    expect(state.facts).to.include('busy')
    clock.tick(21)
    expect(state.facts).not.to.include('busy')
  })

  const back: readonly (readonly [string, number])[] = [
    ['a second', 1000],
    ['ten years', 315_576_000_000],
  ]
  for (const [name, milliseconds] of back) {
    it(`lets facts expire for good when the clock is set back ${name}`, () => {
      const clock = standingClock()
      clock.tick(400_000_000_000)
      const state = all()
      clock.setSystemTime(Date.now() - milliseconds)
      expect(names(state)).to.deep.equal([])
      clock.setSystemTime(Date.now() + milliseconds)
      expect(names(state)).to.deep.equal([])
    })
  }

  it('keeps no fact longer than a new one when the clock is set', () => {
    const clock = standingClock()
    clock.tick(1_000_000)
    const state = all()
    clock.tick(90)
    clock.setSystemTime(Date.now() - 50)
    expect(names(state)).to.deep.equal(['417', 'silent', 'busy', 'times'])
    clock.tick(1001)
    expect(state.empty).to.equal(true)
  })

  it('lets facts expire when the clock is set forward', () => {
    const clock = standingClock()
    const state = all()
    clock.setSystemTime(Date.now() + 315_576_000_000)
    expect(state.empty).to.equal(true)
  })

  it('can note facts again after they expired', () => {
    const clock = standingClock()
    const state = all()
    clock.tick(5000)
    expect(state.record(route)).to.equal(null)
    state.note('times', [7])
    expect(names(state)).to.deep.equal(['times'])
    expect(state.times).to.deep.equal([7])
  })

  it('keeps the expiry dates of a saved record', () => {
    const clock = standingClock()
    const record = all().record(route)
    clock.tick(60)
    const other = new RouteState(lives, record ?? undefined)
    clock.tick(40)
    expect(names(other)).to.deep.equal(['417', 'silent', 'busy', 'times'])
    clock.tick(1)
    expect(names(other)).to.deep.equal(['417', 'silent', 'times'])
  })

  it('keeps no loaded fact longer than a new one', () => {
    const clock = standingClock()
    const until = { '417': 1e300, silent: Number.MAX_SAFE_INTEGER, busy: 5000, times: 1e15 }
    const state = new RouteState(lives, { until, times: [5] })
    expect(names(state)).to.deep.equal(['417', 'silent', 'busy', 'times'])
    clock.tick(1001)
    expect(state.empty).to.equal(true)
  })
})

describe('the lifetimes of a RouteMemory', () => {
  const rows: readonly (readonly [RouteKnowledge, keyof RouteMemoryOptions, number])[] = [
    ['417', 'refusedFor', 3_600_000],
    ['silent', 'silentFor', 600_000],
    ['busy', 'busyFor', 60_000],
    ['times', 'timesFor', 600_000],
  ]
  for (const [what, option, byDefault] of rows) {
    for (const options of [{}, { [option]: 70 }]) {
      const life = options[option] ?? byDefault
      it(`are ${life} ms for ${what} with ${JSON.stringify(options)}`, () => {
        const clock = standingClock()
        const memory = new RouteMemory(options)
        if (what === 'times') memory.measured(route, 5)
        else memory.remember(route, what)
        clock.tick(life)
        expect(memory.list().map(({ until }) => Object.keys(until))).to.deep.equal([[what]])
        clock.tick(1)
        expect(memory.list()).to.deep.equal([])
      })
    }
  }

  it('start again with facts that come after they have expired', () => {
    const clock = standingClock()
    const memory = new RouteMemory({ timesFor: 100 })
    memory.measured(route, 5)
    clock.tick(101)
    memory.measured(route, 6)
    expect(memory.times(route)).to.deep.equal([6])
  })
})
