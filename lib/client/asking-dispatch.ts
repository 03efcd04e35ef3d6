import { type Dispatcher, getGlobalDispatcher } from '#undici'
import { ExpectAgent } from './agent.ts'
import { countingInterceptor } from './interceptor.ts'
import { isDefaultDispatcher } from './untouched.ts'

/**
 * A dispatcher's dispatch, with an interceptor before it unless it has its own.
 *
 * @param dispatcher is the process's by default: the one that was set with setGlobalDispatcher, or
 * an ExpectAgent where nobody has set one. The connections of the one that was set need no gates:
 * without them content is sent unasked.
 */
export function askingDispatch(dispatcher?: Dispatcher): Dispatcher.Dispatch {
  return dispatcher === undefined ? processDispatch() : found(explicit, dispatcher, interceptedBy)
}

type Dispatches = WeakMap<Dispatcher, Dispatcher.Dispatch>

const explicit: Dispatches = new WeakMap()
const ofProcess: Dispatches = new WeakMap()

function processDispatch(): Dispatcher.Dispatch {
  return found(ofProcess, getGlobalDispatcher(), (current) => {
    if (isDefaultDispatcher(current)) return interceptedBy(new ExpectAgent({ proxy: 'node' }))
    return interceptedBy(current, false)
  })
}

/** @param needsGate says whether content that is to be asked about fails without a gate. */
function interceptedBy(dispatcher: Dispatcher, needsGate = true): Dispatcher.Dispatch {
  const own: Dispatcher.Dispatch = (request, handler) => dispatcher.dispatch(request, handler)
  if (dispatcher instanceof ExpectAgent) return own
  // A mock answers in place of connections, and has none that could hold content back.
  const mocked = 'isMockActive' in dispatcher && dispatcher.isMockActive === true
  return countingInterceptor(mocked ? { expect: 'never' } : {}, { needsGate, yields: true })(own)
}

function found(
  dispatches: Dispatches,
  dispatcher: Dispatcher,
  make: (dispatcher: Dispatcher) => Dispatcher.Dispatch,
): Dispatcher.Dispatch {
  let dispatch = dispatches.get(dispatcher)
  if (dispatch === undefined) {
    dispatch = make(dispatcher)
    dispatches.set(dispatcher, dispatch)
  }
  return dispatch
}
