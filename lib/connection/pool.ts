import { AsyncResource } from 'node:async_hooks'
import { type Client, type Dispatcher, Pool } from 'undici/index.js'
import { GatedClient, type TicketedOptions } from './client.ts'
import { connectorOf, type PoolOptions } from './connector.ts'
import type { ClientOwner } from './request-handlers.ts'
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
 * response, and opens another one for a request that is dispatched earlier. This pool frees it as soon
 * as the response has been handled. An upload that is dispatched while it is handled waits for that.
 */
class GatedPool extends Pool implements ClientOwner {
  readonly #deferred: (() => void)[] = []
  /** Connections whose response has just ended. */
  #ending = 0

  constructor(origin: string | URL, options: PoolOptions) {
    super(origin, {
      ...options,
      connect: connectorOf(options),
      factory: (url, clientOptions) => new GatedClient(url, clientOptions, this),
    })
    // Agents and pools call close() with and without a callback.
    const { close } = this
    this.close = (...args: []) => {
      this.#flush()
      return close.apply(this, args)
    }
  }

  onResponseEnd(client: Client): void {
    this.#ending += 1
    queueMicrotask(() => {
      // Setting it makes undici check whether the client is free. undici frees it in a microtask.
      const { pipelining } = client
      client.pipelining = pipelining
      queueMicrotask(() => this.#isFree())
    })
  }

  override dispatch(options: TicketedOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (this.#ending === 0 || options[ticketKey] === undefined) {
      return super.dispatch(options, handler)
    }
    this.#deferred.push(AsyncResource.bind(() => super.dispatch(options, handler)))
    return true
  }

  #isFree(): void {
    this.#ending -= 1
    if (this.#ending === 0) this.#flush()
    else this.#deferred.shift()?.()
  }

  #flush(): void {
    for (const dispatch of this.#deferred.splice(0)) dispatch()
  }
}
