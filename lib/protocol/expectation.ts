/**
 * The state machine of one expectation (RFC 9110, section 10.1.1). Its rules:
 *
 * 1. Everything that decides whether content may be sent is in this file. The connection reads the
 *    state, and does what the state says.
 * 2. The first event decides: a 100 after the timeout, or a timeout after a 100, changes nothing.
 * 3. A final response before the content withholds the content. The exception is a 2xx after a 100:
 *    some origins respond first and then read the content.
 * 4. A final response while content is sent stops the content only from status 300 on.
 * 5. `withheld`, `cut` and `sent` are final: no event leaves them.
 * 6. A request without the expectation starts in `sending`.
 *
 * The states and their events:
 *
 *     asking ----left----> waiting ---100, timeout---> ready ---flow---> sending
 *       |                                               ^                  |
 *       +------100------> granted ---------left---------+                  |
 *                                                                          |
 *     any of the first four ---final---> withheld      sending ---final >= 300---> cut
 *                                                      sending -------sent-------> sent
 *
 * | state | the request |
 * | --- | --- |
 * | `asking` | its head is being written |
 * | `granted` | its head is being written, and a 100 was already received |
 * | `waiting` | its head was written; its content waits for a 100 or the timeout |
 * | `ready` | its content may be sent, and is not sent yet |
 * | `sending` | its content is being sent |
 * | `sent` | all of its content was written |
 * | `withheld` | a final response was received before any content was sent |
 * | `cut` | a final response stopped the content |
 *
 * A whole exchange on an HTTP/1.1 connection, with the events and the states after them:
 *
 *     > PUT /videos/1 HTTP/1.1                        asking
 *     > host: example.com
 *     > content-length: 11
 *     > expect: 100-continue
 *     >                                     left      waiting
 *     < HTTP/1.1 103 Early Hints            interim   waiting   (only a 100 counts)
 *     < link: </style.css>; rel=preload
 *     <
 *     < HTTP/1.1 100 Continue               interim   ready
 *     <
 *                                           flow      sending
 *     > hello world                         sent      sent
 *     < HTTP/1.1 201 Created                final     sent
 *     < content-length: 0
 *     <
 *
 * The same request, refused:
 *
 *     > PUT /videos/1 HTTP/1.1 ...          left      waiting
 *     < HTTP/1.1 413 Content Too Large      final     withheld  (no content is sent)
 *
 * The same request, to an origin that does not support the expectation:
 *
 *     > PUT /videos/1 HTTP/1.1 ...          left      waiting
 *       (no response within the wait)       timeout   ready
 *                                           flow      sending
 *     > hello world                         sent      sent
 *     < HTTP/1.1 201 Created                final     sent
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

/** What released the content: a 100, or the end of the wait. */
export type ReleasedBy = 'continue' | 'timeout'

/**
 * The events of an expectation: the head was written (`left`), an interim response, the end of the
 * wait, the first content is sent (`flow`), the last content was written (`sent`), the final response.
 */
export type Event =
  | { readonly type: 'left' }
  | { readonly type: 'interim'; readonly status: number }
  | { readonly type: 'timeout' }
  | { readonly type: 'flow' }
  | { readonly type: 'sent' }
  | { readonly type: 'final'; readonly status: number }

/** The first state of a request that carries the expectation. */
export const asking: State = { at: 'asking' }

/** The first state of a request that does not carry the expectation. */
export const unasked: State = { at: 'sending', by: 'unasked' }

/** Returns the state after an event; the same object when the event changes nothing. */
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
