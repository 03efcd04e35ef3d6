import { asking, type Event, next, type State, unasked } from '../../lib/protocol/expectation.ts'
import type { Random } from './random.ts'
import { same, type Target } from './target.ts'

/** Compares the state machine of an expectation with the state that its events imply. */
export const expectation: Target = {
  name: 'expect',
  share: 0.1,
  parallel: 1,
  run(random) {
    const first = random.pick([asking, unasked])
    const events = random.list(0, 12, () => event(random))
    same(events.reduce(next, first), stateAfter(first, events), JSON.stringify(events))
  },
}

function event(random: Random): Event {
  const status = random.pick([200, 204, 299, 300, 413, 417, 503])
  return random.pick<Event>([
    { type: 'left' },
    { type: 'interim', status: random.pick([100, 100, 102, 103]) },
    { type: 'timeout' },
    { type: 'flow' },
    { type: 'sent' },
    { type: 'final', status },
  ])
}

/** The state, from the order in which each event happened first. */
function stateAfter(first: State, events: readonly Event[]): State {
  const never = events.length
  const when = (from: number, happened: (event: Event) => boolean): number => {
    const at = events.findIndex((each, index) => index >= from && happened(each))
    return at === -1 ? never : at
  }
  const statusAt = (at: number): number => {
    const found = events[at]
    return found?.type === 'final' ? found.status : 0
  }
  if (first.at === 'sending') return flowing(0, first)

  const left = when(0, ({ type }) => type === 'left')
  const granted = when(0, (each) => each.type === 'interim' && each.status === 100)
  const timeout = when(left, ({ type }) => type === 'timeout')
  const ready = Math.min(Math.max(left, granted), timeout)
  const by = timeout < granted ? 'timeout' : 'continue'
  const flow = when(ready, ({ type }) => type === 'flow')
  const final = events.findIndex(
    (each, index) =>
      // An origin that sent a 100 continues to read after a 2xx.
      each.type === 'final' && (each.status >= 300 || by === 'timeout' || index < granted),
  )
  if (final !== -1 && final < flow) return { at: 'withheld', status: statusAt(final) }
  if (flow < never) return flowing(flow, { at: 'sending', by })
  if (ready < never) return { at: 'ready', by }
  if (left < never) return { at: 'waiting' }
  return { at: granted < never ? 'granted' : 'asking' }

  function flowing(from: number, sending: State): State {
    const sent = when(from, ({ type }) => type === 'sent')
    const refused = when(from, (each) => each.type === 'final' && each.status >= 300)
    if (sent < refused) return { at: 'sent' }
    return refused < never ? { at: 'cut', status: statusAt(refused) } : sending
  }
}
