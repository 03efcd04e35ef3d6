/**
 * Where one expectation stands (RFC 9110, section 10.1.1).
 *
 *     asking ----left----> waiting ---100, timeout---> ready ---flow---> sending
 *       |                                               ^                  |
 *       +------100------> granted ---------left---------+                  |
 *                                                                          |
 *     any of the first four ---final---> withheld      sending ---final >= 300---> cut
 *                                                      sending -------sent-------> sent
 *
 * The first event decides: a 100 after the timer, or a timer after a 100, changes nothing.
 * A 2xx behind a 100 changes nothing either, because such an origin reads after it has
 * answered. The same goes for a 2xx while content flows.
 */
export type State =
  | { readonly at: 'asking' }
  | { readonly at: 'granted' }
  | { readonly at: 'waiting' }
  | { readonly at: 'ready'; readonly by: ReleasedBy }
  | { readonly at: 'sending'; readonly by: ReleasedBy | 'unasked' }
  | { readonly at: 'sent' }
  | { readonly at: 'withheld'; readonly status: number }
  | { readonly at: 'cut'; readonly status: number }

/** What let the content go: the origin's 100, or the end of the wait. */
export type ReleasedBy = 'continue' | 'timeout'

/** What can happen to an expectation. */
export type Event =
  | { readonly type: 'left' }
  | { readonly type: 'interim'; readonly status: number }
  | { readonly type: 'timeout' }
  | { readonly type: 'flow' }
  | { readonly type: 'sent' }
  | { readonly type: 'final'; readonly status: number }

/** A request that asks: its head is on its way. */
export const asking: State = { at: 'asking' }

/** A request whose content may flow at once. */
export const unasked: State = { at: 'sending', by: 'unasked' }

/** The state after an event. The same object comes back when nothing changed. */
export function next(state: State, event: Event): State {
  switch (event.type) {
    case 'left':
      if (state.at === 'asking') return { at: 'waiting' }
      if (state.at === 'granted') return { at: 'ready', by: 'continue' }
      return state
    case 'interim':
      if (event.status !== 100) return state
      if (state.at === 'asking') return { at: 'granted' }
      if (state.at === 'waiting') return { at: 'ready', by: 'continue' }
      return state
    case 'timeout':
      return state.at === 'waiting' ? { at: 'ready', by: 'timeout' } : state
    case 'flow':
      return state.at === 'ready' ? { at: 'sending', by: state.by } : state
    case 'sent':
      return state.at === 'sending' ? { at: 'sent' } : state
    case 'final':
      return final(state, event.status)
  }
}

function final(state: State, status: number): State {
  switch (state.at) {
    case 'granted':
      return status >= 300 ? { at: 'withheld', status } : state
    case 'ready':
      return status >= 300 || state.by === 'timeout' ? { at: 'withheld', status } : state
    case 'asking':
    case 'waiting':
      return { at: 'withheld', status }
    case 'sending':
      return status >= 300 ? { at: 'cut', status } : state
    case 'sent':
    case 'withheld':
    case 'cut':
      return state
  }
}
