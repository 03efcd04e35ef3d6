import type { Dispatcher } from 'undici'
import type { PoolOptions } from '../connection/connector.ts'
import { fieldValue, withoutFields } from '../headers.ts'
import { connectorThrough, connectorTo } from './connectors.ts'
import type { ProxyTable } from './environment.ts'
import { type ProxyOption, readProxyOption } from './option.ts'
import type { ProxyServer } from './server.ts'

/** Options of an agent that connects through proxies. */
interface ProxiedOptions extends PoolOptions {
  proxy?: ProxyOption
}

const none: ProxyTable = { http: null, https: null, bypasses: () => true }

/**
 * The proxies of an agent with these options.
 *
 * @throws TypeError saying what of the proxy cannot be used, or what it cannot be used with.
 */
export function proxiesFor(options: ProxiedOptions): Proxies {
  const { proxy } = options
  if (proxy === undefined) return new Proxies(none)
  const leadsPast = wayPast(options)
  if (leadsPast === null) return new Proxies(readProxyOption(proxy))
  // Node's switch is for connections that have no way of their own.
  if (proxy === 'node') return new Proxies(none)
  throw new TypeError(leadsPast)
}

/** What of an agent's options leads its connections past any proxy. */
function wayPast({ connect, socketPath }: PoolOptions): string | null {
  if (typeof connect === 'function') {
    return "Option 'connect' cannot be a function beside 'proxy', which it would lead past; give undici's connect options"
  }
  const path = socketPath || connect?.socketPath
  return path ? "Option 'socketPath' leads past 'proxy'; leave one of them out" : null
}

/**
 * Leads an agent's connections and requests through proxies. Each origin keeps a pool of its
 * own; what a proxy changes is how its connections are made, and for http origins behind an
 * HTTP proxy also the form of the request's target (RFC 9112, section 3.2.2).
 *
 * undici's ProxyAgent and EnvHttpProxyAgent do this in part. They make an error of a 407 that
 * answers a request in absolute form, refuse a Proxy-Authorization in answer to it, drop repeated
 * fields, leave the pool's options out for http origins, put no bound on the wait for the answer
 * to CONNECT, tell its status in a message only, and do not say which proxy leads to an origin.
 */
export class Proxies {
  readonly #table: ProxyTable
  /** The HTTP proxy that requests to http origins are sent to in absolute form, if there is one. */
  readonly forwarder: string | null

  constructor(table: ProxyTable) {
    const { http, https } = table
    this.#table = http === null && https === null ? none : table
    this.forwarder = http === null || http.socks ? null : http.name
  }

  /** The proxy that leads to an origin, if there is one. */
  #serverFor(origin: string | URL): ProxyServer | null {
    // Most agents have none, and most of what is asked here is asked for each request.
    if (this.#table === none) return null
    const url = new URL(origin)
    if (this.#table.bypasses(url)) return null
    return url.protocol === 'https:' ? this.#table.https : this.#table.http
  }

  /** Whether requests to an origin are sent to the forwarder. */
  forwards(origin: string | URL): boolean {
    const proxy = this.#serverFor(origin)
    return proxy !== null && isForwarded(origin, proxy)
  }

  /** Whether an HTTP proxy makes a tunnel to an origin. */
  tunnels(origin: string | URL): boolean {
    const proxy = this.#serverFor(origin)
    return proxy !== null && !proxy.socks && !isForwarded(origin, proxy)
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
    const connectorFor = isForwarded(origin, proxy) ? connectorTo : connectorThrough
    return { ...options, connect: connectorFor(proxy, options) }
  }

  /**
   * A request, as it is sent through the proxy.
   *
   * @throws TypeError when it holds credentials for the proxy that would reach the origin.
   */
  request(request: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
    const { origin, headers: own, path } = request
    if (origin === undefined || this.#table === none) return request
    const proxy = this.#serverFor(origin)
    if (proxy !== null && isForwarded(origin, proxy)) {
      const headers = withoutFields(own)
      for (const [name, value] of Object.entries(proxy.fields)) {
        if (fieldValue(headers, name.toLowerCase()) === undefined) headers.push(name, value)
      }
      return { ...request, path: new URL(origin).origin + path, headers }
    }
    // A CONNECT or a whole URL is for a proxy that the caller speaks to.
    if (!path.startsWith('/') || fieldValue(own, 'proxy-authorization') === undefined)
      return request
    throw new TypeError(
      `A request to ${new URL(origin).origin} has a Proxy-Authorization field, which would reach the origin; give the agent's proxy its credentials`,
    )
  }
}

function isForwarded(origin: string | URL, { socks }: ProxyServer): boolean {
  return !socks && new URL(origin).protocol === 'http:'
}
