import { http } from '../builtins.ts'
import { readNoProxy } from './no-proxy.ts'
import { type ProxyServer, proxyServer } from './server.ts'

/** Which proxy leads where; `null` for none. */
export interface ProxyTable {
  readonly http: ProxyServer | null
  readonly https: ProxyServer | null
  /** Whether an origin is reached without a proxy. */
  bypasses(origin: URL): boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxies that the environment names, as curl reads it: `http_proxy` for http origins,
 * `https_proxy` for https origins, `all_proxy` for those without one of their own, and
 * `no_proxy` for origins without a proxy. Each name is looked for in small letters, then in
 * capitals; the first that is set counts, and an empty value means none. A proxy without a
 * scheme is an HTTP proxy.
 *
 * @throws TypeError naming the variable that cannot be used.
 */
export function environmentProxies(environment: Environment): ProxyTable {
  // A server's CGI scripts get a request's `Proxy` field as HTTP_PROXY (https://httpoxy.org).
  const isCgi = environment.REQUEST_METHOD !== undefined
  const http = isCgi ? ['http_proxy'] : ['http_proxy', 'HTTP_PROXY']
  const all = ['all_proxy', 'ALL_PROXY']
  return {
    http: serverIn(environment, [...http, ...all]),
    https: serverIn(environment, ['https_proxy', 'HTTPS_PROXY', ...all]),
    bypasses: readNoProxy(first(environment, ['no_proxy', 'NO_PROXY']).value),
  }
}

/**
 * The environment that Node's own fetch takes its proxies from; `null` where it takes none. Node
 * reads the switch when it starts, from whichever place (a variable, a flag, its configuration
 * file), and gives its agent for http the result. It is read here before others replace that agent.
 */
const nodeEnvironment: Environment | null =
  (http.globalAgent as { options?: { proxyEnv?: Environment } } | undefined)?.options?.proxyEnv ??
  null

/** Whether Node was started with the switch. */
export const nodeUsesProxies: boolean = nodeEnvironment !== null

/** The same as Node's fetch: ALL_PROXY means nothing, and without HTTPS_PROXY, HTTP_PROXY leads to https origins. */
export function nodeProxies(environment: Environment = nodeEnvironment ?? {}): ProxyTable {
  const table = environmentProxies({ ...environment, all_proxy: '' })
  return { ...table, https: table.https ?? table.http }
}

function serverIn(environment: Environment, names: readonly string[]): ProxyServer | null {
  const { name, value } = first(environment, names)
  if (value === '') return null
  const url = value.includes('://') ? value : `http://${value}`
  return proxyServer(`The environment's ${name}`, { url })
}

function first(
  environment: Environment,
  names: readonly string[],
): { name: string; value: string } {
  const name = names.find((each) => environment[each] !== undefined) ?? ''
  return { name, value: environment[name]?.trim() ?? '' }
}
