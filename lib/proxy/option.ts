import { environmentProxies, nodeProxies, type ProxyTable } from './environment.ts'
import { readNoProxy } from './no-proxy.ts'
import { type ProxyOptions, proxyServer } from './server.ts'

/**
 * `'env'` for the proxies that the environment names, `'node'` for the ones that Node's own fetch
 * uses (those of the environment, where `NODE_USE_ENV_PROXY=1` or `--use-env-proxy` is given; none
 * otherwise), a proxy's URL, or {@link ProxyOptions}.
 */
export type ProxyOption = 'env' | 'node' | string | URL | ProxyOptions

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
