import type { Dispatcher } from 'undici'
import type { PoolOptions } from '../connection/connector.ts'
import { fieldValue, withoutFields } from '../headers.ts'
import { connectorThrough, connectorTo } from './connectors.ts'
import { environmentProxies, nodeProxies, type ProxyTable } from './environment.ts'
import { readNoProxy } from './no-proxy.ts'
import { type ProxyOptions, type ProxyServer, proxyServer } from './server.ts'

/**
 * `'env'` for the proxies that the environment names, `'node'` for the ones that Node's own fetch
 * uses (those of the environment, where `NODE_USE_ENV_PROXY=1` or `--use-env-proxy` is given; none
 * otherwise), a proxy's URL, or {@link ProxyOptions}.
 */
export type ProxyOption = 'env' | 'node' | string | URL | ProxyOptions

interface ProxiedOptions extends PoolOptions {
  proxy?: ProxyOption
}

const none: ProxyTable = { http: null, https: null, bypasses: () => true }

/**
 * The proxies of an agent with these options.
 *
 * @throws TypeError naming what is wrong with the proxy, or the option that excludes it.
 */
export function proxiesFor(options: ProxiedOptions): Proxies {
  const { proxy } = options
  if (proxy === undefined) return new Proxies(none)
  const leadsPast = wayPast(options)
  if (leadsPast === null) return new Proxies(readProxyOption(proxy))
  // Node's switch does not apply to agents with a socket path or a connector.
  if (proxy === 'node') return new Proxies(none)
  throw new TypeError(leadsPast)
}

const what = "Option 'proxy'"

/** @throws TypeError naming what cannot be used, without credentials. */
export function readProxyOption(option: ProxyOption): ProxyTable {
  if (option === 'env') return environmentProxies(process.env)
  if (option === 'node') return nodeProxies()
  const options = optionsOf(option)
  const { noProxy = '' } = options
  if (typeof noProxy !== 'string') throw new TypeError(`${what}.noProxy must be a string`)
  const server = proxyServer(what, options)
  return { http: server, https: server, bypasses: readNoProxy(noProxy) }
}

function optionsOf(option: unknown): ProxyOptions {
  if (typeof option === 'string' || option instanceof URL) return { url: option }
  if (typeof option === 'object' && option !== null) return option as ProxyOptions
  throw new TypeError(`${what} must be 'env', 'node', a URL or { url, … }, not ${String(option)}`)
}

/** The message for an option of an agent that excludes a proxy; `null` if there is none. */
function wayPast({ connect, socketPath }: PoolOptions): string | null {
  if (typeof connect === 'function') {
    return "Option 'connect' cannot be a function together with 'proxy', which it would bypass; pass undici's connect options"
  }
  const path = socketPath || connect?.socketPath
  return path ? "Option 'socketPath' leads past 'proxy'; leave one of them out" : null
}

/**
 * Sends the requests of an agent through proxies. Each origin keeps its pool; a proxy changes how
 * the connections are made, and for http origins behind an HTTP proxy also the form of the request
 * target (RFC 9112, section 3.2.2).
 *
 * undici's ProxyAgent and EnvHttpProxyAgent are not used. They turn a 407 to a request in absolute
 * form into an error, refuse a Proxy-Authorization in answer to it, drop repeated fields, ignore the
 * pool's options for http origins, wait for the answer to CONNECT without a limit, give its status
 * only in a message, and do not tell which proxy an origin has.
 */
export class Proxies {
  readonly #table: ProxyTable
  /** The HTTP proxy for requests to http origins in absolute form, if there is one. */
  readonly forwarder: string | null

  constructor(table: ProxyTable) {
    const { http, https } = table
    this.#table = http === null && https === null ? none : table
    this.forwarder = http === null || http.socks ? null : http.name
  }

  #serverFor(origin: string | URL): ProxyServer | null {
    // The fast path: most agents have no proxy, and this runs for each request.
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

  /** The key of the route to an origin in the memory. */
  keyOf(origin: string): string {
    const proxy = this.#serverFor(origin)
    return proxy === null ? origin : `${proxy.name} ${origin}`
  }

  poolOptions(origin: string | URL, options: PoolOptions): PoolOptions {
    const proxy = this.#serverFor(origin)
    if (proxy === null) return options
    const connectorFor = isForwarded(origin, proxy) ? connectorTo : connectorThrough
    return { ...options, connect: connectorFor(proxy, options) }
  }

  /**
   * The request as it is sent through the proxy.
   *
   * @throws TypeError if it has credentials for the proxy, which would reach the origin.
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
    // With CONNECT or a target in absolute form, the caller addresses a proxy itself.
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
