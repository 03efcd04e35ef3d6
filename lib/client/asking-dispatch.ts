import { type Dispatcher, getGlobalDispatcher } from 'undici/index.js'
import { recovery } from '../recovery/recovery.ts'
import { uploadInterceptor } from '../upload/interceptor.ts'
import { ExpectAgent } from './agent.ts'
import { isDefaultDispatcher } from './default-dispatcher.ts'

/**
 * The dispatch function of a dispatcher, with the interceptor in front unless it has its own.
 *
 * @param dispatcher is the process's by default: the one that was set with setGlobalDispatcher, or
 * an ExpectAgent if none was set. A dispatcher that was set may have connections without gates:
 * content is then sent without asking.
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

/** @param needsGate whether a request that asks fails on a connection without a gate. */
function interceptedBy(dispatcher: Dispatcher, needsGate = true): Dispatcher.Dispatch {
  const own: Dispatcher.Dispatch = (request, handler) => dispatcher.dispatch(request, handler)
  if (dispatcher instanceof ExpectAgent) return own
  // A mock has no connections, so nothing can hold content back.
  const mocked = 'isMockActive' in dispatcher && dispatcher.isMockActive === true
  return uploadInterceptor(mocked ? { expect: 'never' } : {}, recovery, {
    needsGate,
    isReplaced: true,
  })(own)
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
