import { Agent, type Dispatcher, errors } from 'undici/index.js'
import { sessionsKey } from '../connection/connector.ts'
import { failUnstarted } from '../connection/forwarding-handler.ts'
import { gatedPool } from '../connection/pool.ts'
import { TlsSessions } from '../connection/tls-sessions.ts'
import type { ExpectOptions } from '../options/options.ts'
import { expectOptionNames, pickExpectOptions } from '../options/settings.ts'
import { type ProxyOption, proxiesFor } from '../proxy/proxies.ts'
import { recovery } from '../recovery/recovery.ts'
import { refuseUnknown } from '../unknown.ts'
import { InFlight } from '../upload/in-flight.ts'
import { uploadInterceptor } from '../upload/interceptor.ts'
import { dispatchOlder, isOlder } from '../upload/older-handler.ts'
import { undiciOptionNames } from './undici-options.ts'

/** All of undici's Agent options, the ExpectOptions, and the proxy. */
export interface ExpectAgentOptions extends Agent.Options, ExpectOptions {
  /**
   * The proxy for connections: those that the environment names (`'env'`), those that Node's own
   * fetch uses (`'node'`), the URL of a proxy, or {@link ProxyOptions}.
   */
  proxy?: ProxyOption
}

/**
 * An undici Agent that asks before it sends. It works wherever a Dispatcher does: undici's
 * `request`, `stream`, `pipeline` and `fetch`, `setGlobalDispatcher`, and the built-in
 * fetch, whose handlers have the older shape.
 *
 * ```ts
 * await request(url, { method: 'PUT', body: stream, dispatcher: new ExpectAgent() })
 * ```
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export class ExpectAgent extends Agent {
  readonly #dispatch: Dispatcher.Dispatch
  readonly #uploads: InFlight
  #closing: Promise<void> | null = null

  constructor(options: ExpectAgentOptions = {}) {
    refuseUnknown(options, [...expectOptionNames, 'proxy', ...undiciOptionNames])
    const inFlight = new InFlight()
    const proxies = proxiesFor(options)
    const asking = pickExpectOptions(options) ?? {}
    const { allowH2, maxCachedSessions } = options
    const intercept = uploadInterceptor(asking, recovery, { inFlight, routing: proxies, allowH2 })
    // Kept outside of the pools: a pool ends with its last connection, and a refusal closes that.
    const sessions = maxCachedSessions === 0 ? undefined : new TlsSessions(maxCachedSessions)
    const names: readonly string[] = [...expectOptionNames, 'proxy', 'factory']
    const own = Object.entries(options).filter(([name]) => !names.includes(name))
    const { factory = gatedPool } = options
    super({
      ...Object.fromEntries(own),
      factory: (origin, given) => {
        const poolOptions = sessions === undefined ? given : { ...given, [sessionsKey]: sessions }
        return factory(origin, proxies.poolOptions(origin, poolOptions))
      },
    })
    this.#dispatch = intercept((request, handler) =>
      super.dispatch(proxies.request(request), handler),
    )
    this.#uploads = inFlight
    // compose() and other code wrap agents in a Proxy, which has none of the private members.
    this.dispatch = this.dispatch.bind(this)
    this.close = this.close.bind(this)
    this.destroy = this.destroy.bind(this)
  }

  override dispatch(
    request: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    if (isOlder(handler)) {
      return dispatchOlder((own, wrapped) => this.dispatch(own, wrapped), request, handler)
    }
    if (this.#closing !== null && !this.closed) {
      failUnstarted(handler, new errors.ClientClosedError())
      return false
    }
    return this.#dispatch(withoutDispatcher(request), handler)
  }

  /** Refuses new requests, waits for the running ones with their replays, and closes. */
  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: () => void): Promise<void> | undefined {
    this.#closing ??= this.#uploads.idle().then(() => this.#close())
    if (callback === undefined) return this.#closing
    this.#closing.then(callback, callback)
    return undefined
  }

  /** Aborts all requests, also those that wait for a retry. */
  override destroy(): Promise<void>
  override destroy(error: Error | null): Promise<void>
  override destroy(callback: () => void): void
  override destroy(error: Error | null, callback: () => void): void
  override destroy(...args: unknown[]): Promise<void> | undefined {
    this.#uploads.abort(args[0] instanceof Error ? args[0] : null)
    return (super.destroy as (...all: unknown[]) => Promise<void> | undefined)(...args)
  }

  /** Closes the agent at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #close(): Promise<void> {
    // Without a callback, undici's close() calls this class's close() again.
    return this.destroyed ? Promise.resolve() : new Promise((closed) => super.close(closed))
  }
}

/** Other versions of undici may pass the option `dispatcher` on, which undici 8 refuses. */
function withoutDispatcher(request: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
  if (!('dispatcher' in request)) return request
  const { dispatcher: _dispatcher, ...rest } = request
  return rest
}
