import { AsyncResource } from 'node:async_hooks'
import { type Dispatcher, Pool } from 'undici/index.js'
import { GatedClient, type TicketedOptions } from './client.ts'
import { connectorOf, type PoolOptions } from './connector.ts'
import { ticketKey } from './ticket.ts'

/**
 * A pool factory that gives any undici agent gated connections.
 *
 * ```ts
 * const agent = new EnvHttpProxyAgent({ factory: gatedPool }).compose(expectContinue())
 * ```
 */
export function gatedPool(origin: string | URL, options: object): Pool {
  return new GatedPool(origin, options as PoolOptions)
}

/**
 * A pool of gated connections. undici frees a connection one turn of the event loop after the end of a
 * response, so that it notices a connection that the origin closes right after the response. For a
 * request that is dispatched earlier it opens another one. An upload waits for that turn instead.
 */
class GatedPool extends Pool {
  readonly #deferred: (() => void)[] = []
  /** Connections whose response has just ended. */
  #ending = 0

  constructor(origin: string | URL, options: PoolOptions) {
    super(origin, {
      ...options,
      connect: connectorOf(options),
      factory: (url, clientOptions) =>
        new GatedClient(url, clientOptions, () => this.#onResponseEnd()),
    })
    // Agents and pools call close() with and without a callback.
    const { close } = this
    this.close = (...args: []) => {
      this.#flush()
      return close.apply(this, args)
    }
  }

  #onResponseEnd(): void {
    this.#ending += 1
    // undici frees the connection with setImmediate, once the handler has returned.
    queueMicrotask(() => setImmediate(GatedPool.#isFree, this))
  }

  override dispatch(options: TicketedOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (this.#ending === 0 || options[ticketKey] === undefined) {
      return super.dispatch(options, handler)
    }
    // AsyncResource.bind() takes 20 µs more.
    const context = new AsyncResource('expect-continue')
    const dispatch = (): boolean => super.dispatch(options, handler)
    this.#deferred.push(() => context.runInAsyncScope(dispatch))
    return true
  }

  static #isFree(pool: GatedPool): void {
    pool.#ending -= 1
    if (pool.#ending === 0) pool.#flush()
    else pool.#deferred.shift()?.()
  }

  #flush(): void {
    for (const dispatch of this.#deferred.splice(0)) dispatch()
  }
}
