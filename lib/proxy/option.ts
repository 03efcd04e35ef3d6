import { environmentProxies, type ProxyTable } from './environment.ts'
import { readNoProxy } from './no-proxy.ts'
import { type ProxyOptions, proxyServer } from './server.ts'

/** `'env'` for the proxies that the environment names, a proxy's URL, or {@link ProxyOptions}. */
export type ProxyOption = 'env' | string | URL | ProxyOptions

/**
 * Reads the option `proxy`.
 *
 * @throws TypeError saying what cannot be used, without credentials.
 */
export function readProxyOption(option: ProxyOption): ProxyTable {
  if (option === 'env') return environmentProxies(process.env)
  const options = optionsOf(option)
  const { noProxy = '' } = options
  if (typeof noProxy !== 'string') throw new TypeError(`${what}.noProxy must be a string`)
  const server = proxyServer(what, options)
  return { http: server, https: server, bypasses: readNoProxy(noProxy) }
}

const what = "Option 'proxy'"

function optionsOf(option: unknown): ProxyOptions {
  if (typeof option === 'string' || option instanceof URL) return { url: option }
  if (typeof option === 'object' && option !== null) return option as ProxyOptions
  throw new TypeError(`${what} must be 'env', a URL or { url, … }, not ${String(option)}`)
}
