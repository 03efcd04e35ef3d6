import { Agent, type Dispatcher, Dispatcher1Wrapper } from 'undici'
import { gatedPool } from './connector.ts'
import { expectContinue } from './interceptor.ts'
import { type ExpectOptions, expectOptionNames, pickExpectOptions } from './options.ts'

/** All of undici's Agent options, and the ExpectOptions. */
export interface ExpectAgentOptions extends Agent.Options, ExpectOptions {}

/**
 * An undici Agent that asks before it sends. It works wherever a Dispatcher does: undici's
 * `request`, `stream`, `pipeline` and `fetch`, `setGlobalDispatcher`, and the built-in
 * fetch, whose handlers of the older shape it takes too.
 *
 * ```ts
 * await request(url, { method: 'PUT', body: stream, dispatcher: new ExpectAgent() })
 * ```
 *
 * @throws TypeError naming an option whose value cannot be used.
 */
export class ExpectAgent extends Agent {
  readonly #dispatch: Dispatcher.Dispatch
  readonly #older: Dispatcher1Wrapper

  constructor(options: ExpectAgentOptions = {}) {
    const intercept = expectContinue(pickExpectOptions(options) ?? {})
    const own: [string, unknown][] = Object.entries(options)
    const agentOptions = own.filter(([name]) => !(expectOptionNames as string[]).includes(name))
    super({ factory: gatedPool, ...Object.fromEntries(agentOptions) })
    this.#dispatch = intercept((request, handler) => super.dispatch(request, handler))
    this.#older = new Dispatcher1Wrapper(this)
  }

  override dispatch(
    request: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    // undici's wrapper converts the handler, keeps to HTTP/1.1 and comes back here.
    if (!('onRequestStart' in handler)) return this.#older.dispatch(request, handler)
    return this.#dispatch(request, handler)
  }
}
