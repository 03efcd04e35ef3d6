import { expect } from 'chai'
import fc from 'fast-check'
import { asking, type Event, next, type State, unasked } from '../../lib/protocol/expectation.ts'

const states: readonly State[] = [
  { at: 'asking' },
  { at: 'granted' },
  { at: 'waiting' },
  { at: 'ready', by: 'continue' },
  { at: 'ready', by: 'timeout' },
  { at: 'sending', by: 'unasked' },
  { at: 'sending', by: 'continue' },
  { at: 'sending', by: 'timeout' },
  { at: 'sent' },
  { at: 'withheld', status: 403 },
  { at: 'cut', status: 413 },
]

const events: readonly Event[] = [
  { type: 'left' },
  { type: 'timeout' },
  { type: 'flow' },
  { type: 'sent' },
  ...[100, 102, 103, 104, 199].map((status): Event => ({ type: 'interim', status })),
  ...[0, 101, 200, 299, 300, 417, 503].map((status): Event => ({ type: 'final', status })),
]

/** All transitions: the state, the event, and the new state. */
const changes = new Map<string, State>([
  ['asking left', { at: 'waiting' }],
  ['asking interim 100', { at: 'granted' }],
  ['granted left', { at: 'ready', by: 'continue' }],
  ['waiting interim 100', { at: 'ready', by: 'continue' }],
  ['waiting timeout', { at: 'ready', by: 'timeout' }],
  ['ready by continue flow', { at: 'sending', by: 'continue' }],
  ['ready by timeout flow', { at: 'sending', by: 'timeout' }],
  ...['unasked', 'continue', 'timeout'].map((by): [string, State] => [
    `sending by ${by} sent`,
    { at: 'sent' },
  ]),
  ...[0, 101, 200, 299, 300, 417, 503].flatMap((status) =>
    ['asking', 'waiting', 'ready by timeout'].map((at): [string, State] => [
      `${at} final ${status}`,
      { at: 'withheld', status },
    ]),
  ),
  // An origin that sent a 100 continues to read after a 2xx.
  ...[300, 417, 503].flatMap((status) =>
    ['granted', 'ready by continue'].map((at): [string, State] => [
      `${at} final ${status}`,
      { at: 'withheld', status },
    ]),
  ),
  ...[300, 417, 503].flatMap((status) =>
    ['unasked', 'continue', 'timeout'].map((by): [string, State] => [
      `sending by ${by} final ${status}`,
      { at: 'cut', status },
    ]),
  ),
])

function named(state: State): string {
  return 'by' in state ? `${state.at} by ${state.by}` : state.at
}

function said(event: Event): string {
  return 'status' in event ? `${event.type} ${event.status}` : event.type
}

describe('next', () => {
  it('has a start state for a request with an expectation, and one without', () => {
    expect(asking).to.deep.equal({ at: 'asking' })
    expect(unasked).to.deep.equal({ at: 'sending', by: 'unasked' })
  })

  for (const state of states) {
    for (const event of events) {
      const wanted = changes.get(`${named(state)} ${said(event)}`)
      const outcome = wanted === undefined ? 'changes nothing' : `goes to ${named(wanted)}`
      it(`${outcome} from ${named(state)} on ${said(event)}`, () => {
        const after = next(state, event)
        if (wanted === undefined) expect(after).to.equal(state)
        else expect(after).to.deep.equal(wanted)
      })
    }
  }

  it('lets content be sent only after the head, and after a 100 or the end of the wait', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 20 }), (sequence) => {
        const seen = new Set<string>()
        let state = asking
        for (const event of sequence) {
          seen.add(said(event))
          state = next(state, event)
          if (state.at !== 'sending') continue
          expect(seen).to.include('left')
          expect(seen).to.include(state.by === 'continue' ? 'interim 100' : 'timeout')
        }
      }),
    )
  })

  it('never lets content be sent after a final response that came before it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 20 }), (sequence) => {
        const withheld: State = { at: 'withheld', status: 417 }
        expect(sequence.reduce(next, withheld)).to.equal(withheld)
      }),
    )
  })
})
