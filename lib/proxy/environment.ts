import { http } from '../runtime/builtins.ts'
import { readNoProxy } from './no-proxy.ts'
import { type ProxyServer, proxyServer } from './server.ts'

/** The proxy for each scheme of an origin; `null` for none. */
export interface ProxyTable {
  readonly http: ProxyServer | null
  readonly https: ProxyServer | null
  bypasses(origin: URL): boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxies of the environment, read as curl does: `http_proxy` for http origins, `https_proxy`
 * for https origins, `all_proxy` where the other is not set, and `no_proxy` for origins without a
 * proxy. Each name is read in lower case, then in upper case; the first that is set counts, and an
 * empty value means none. A proxy without a scheme is an HTTP proxy.
 *
 * @throws TypeError naming a variable that cannot be used.
 */
export function environmentProxies(environment: Environment): ProxyTable {
  // HTTP_PROXY is not read in CGI scripts, where it holds the field `Proxy` of a request (https://httpoxy.org).
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
 * The environment from which Node's own fetch reads its proxies; `null` if it uses none. Node reads
 * the switch when it starts, from a variable, a flag or its configuration file, and keeps the result
 * in its global http agent. It is read at load time, before other code replaces that agent.
 */
const nodeEnvironment: Environment | null =
  (http.globalAgent as { options?: { proxyEnv?: Environment } } | undefined)?.options?.proxyEnv ??
  null

export const nodeUsesProxies: boolean = nodeEnvironment !== null

/** As in Node's fetch: ALL_PROXY is ignored, and HTTP_PROXY is used for https origins if HTTPS_PROXY is not set. */
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
