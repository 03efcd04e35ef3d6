import type { Dispatcher } from 'undici'
import { connectorOf, type PoolOptions } from '../connection/client.ts'
import { fieldValue, withoutFields } from '../headers.ts'
import { connectorTo, connectTimeoutOf } from './connection.ts'
import type { ProxyTable } from './environment.ts'
import { type ProxyOption, readProxyOption } from './option.ts'
import type { ProxyServer } from './server.ts'
import { socksConnector } from './socks.ts'
import { tunnelConnector } from './tunnel.ts'

/** Options of an agent that connects through proxies. */
interface ProxiedOptions extends PoolOptions {
  proxy?: ProxyOption
}

/**
 * The proxies of an agent with these options.
 *
 * @throws TypeError saying what of the proxy cannot be used, or what it cannot be used with.
 */
export function proxiesFor(options: ProxiedOptions): Proxies {
  const { proxy, connect } = options
  if (proxy === undefined) return new Proxies(null)
  if (typeof connect === 'function') {
    throw new TypeError(
      "Option 'connect' cannot be a function beside 'proxy', which it would lead past; give undici's connect options",
    )
  }
  if (options.socketPath || connect?.socketPath) {
    throw new TypeError("Option 'socketPath' leads past 'proxy'; leave one of them out")
  }
  return new Proxies(readProxyOption(proxy))
}

/**
 * Leads an agent's connections and requests through proxies. Each origin keeps a pool of its
 * own; what a proxy changes is how its connections are made, and for http origins behind an
 * HTTP proxy also the form of the request's target (RFC 9112, section 3.2.2).
 */
export class Proxies {
  readonly #table: ProxyTable | null

  constructor(table: ProxyTable | null) {
    this.#table = table
  }

  /** The proxy that leads to an origin, if there is one. */
  #serverFor(origin: string | URL): ProxyServer | null {
    if (this.#table === null) return null
    const url = new URL(origin)
    if (this.#table.bypasses(url)) return null
    return url.protocol === 'https:' ? this.#table.https : this.#table.http
  }

  /** What the route to an origin is remembered by. */
  keyOf(origin: string): string {
    const proxy = this.#serverFor(origin)
    return proxy === null ? origin : `${proxy.name} ${origin}`
  }

  /** A pool's options, with connections that lead through the proxy. */
  poolOptions(origin: string | URL, options: PoolOptions): PoolOptions {
    const proxy = this.#serverFor(origin)
    if (proxy === null) return options
    const toProxy = connectorTo(proxy, options)
    if (isAbsolute(origin, proxy)) return { ...options, connect: toProxy }
    const timeout = connectTimeoutOf(options)
    const way = { toProxy, toOrigin: connectorOf(options), timeout }
    const connect = proxy.socks ? socksConnector(proxy, way) : tunnelConnector(proxy, way)
    return { ...options, connect }
  }

  /**
   * A request, as it is sent through the proxy.
   *
   * @throws TypeError when it holds credentials for the proxy that would reach the origin.
   */
  request(request: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
    const { origin, headers: own, path } = request
    if (origin === undefined) return request
    const proxy = this.#serverFor(origin)
    if (proxy === null) return request
    if (!isAbsolute(origin, proxy)) {
      if (fieldValue(own, 'proxy-authorization') === undefined) return request
      throw new TypeError(
        `A request through ${proxy.name} has a Proxy-Authorization field, which would reach the origin; give the agent's proxy its credentials`,
      )
    }
    const headers = withoutFields(own)
    const extra = { ...proxy.headers, 'proxy-authorization': proxy.authorize([]) }
    for (const [name, value] of Object.entries(extra)) {
      if (value === null || fieldValue(headers, name.toLowerCase()) !== undefined) continue
      headers.push(name, value)
    }
    return { ...request, path: new URL(origin).origin + path, headers }
  }
}

function isAbsolute(origin: string | URL, { socks }: ProxyServer): boolean {
  return !socks && new URL(origin).protocol === 'http:'
}
