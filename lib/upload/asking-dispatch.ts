import { type Dispatcher, getGlobalDispatcher } from 'undici'
import { ExpectAgent } from '../client/agent.ts'
import { expectContinue } from './interceptor.ts'

/** undici's own agent, as long as nobody has set another one for the process. */
const undicisOwn = getGlobalDispatcher()

let shared: ExpectAgent | null = null
const asking = new WeakMap<Dispatcher, Dispatcher.Dispatch>()

/**
 * A dispatcher's dispatch, with an interceptor before it unless it has its own.
 *
 * @param dispatcher is, by default, the one that was set for the process, or an ExpectAgent
 * shared by all calls.
 */
export function askingDispatch(dispatcher: Dispatcher = defaultDispatcher()): Dispatcher.Dispatch {
  let dispatch = asking.get(dispatcher)
  if (dispatch === undefined) {
    const own: Dispatcher.Dispatch = (request, handler) => dispatcher.dispatch(request, handler)
    dispatch = dispatcher instanceof ExpectAgent ? own : interceptorFor(dispatcher)(own)
    asking.set(dispatcher, dispatch)
  }
  return dispatch
}

function interceptorFor(dispatcher: Dispatcher): Dispatcher.DispatcherComposeInterceptor {
  // A mock answers in place of connections, and has none that could hold content back.
  const mocked = 'isMockActive' in dispatcher && dispatcher.isMockActive === true
  return expectContinue(mocked ? { expect: 'never' } : {})
}

function defaultDispatcher(): Dispatcher {
  const current = getGlobalDispatcher()
  // By name, because the platform's undici and the installed one have an Agent each.
  if (current !== undicisOwn || current.constructor.name !== 'Agent') return current
  shared ??= new ExpectAgent()
  return shared
}
