import type { buildConnector } from 'undici'
import { connectorOf, type PoolOptions } from '../connection/client.ts'
import { proxyFailure } from './failure.ts'
import type { ProxyServer } from './server.ts'

type Connector = buildConnector.connector

/** What of undici's connect options is about the way, not about the origin at its end. */
const ways = [
  'family',
  'hints',
  'lookup',
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
  'keepAlive',
  'keepAliveInitialDelay',
  'timeout',
]
const poolWays = ['connectTimeout', 'autoSelectFamily', 'autoSelectFamilyAttemptTimeout']

/** Makes connections to a proxy, whatever the target, and says that it was the proxy if it fails. */
export function connectorTo(proxy: ProxyServer, options: PoolOptions): Connector {
  const { url, tls } = proxy
  const connect = connectorOf({
    ...picked(options, poolWays),
    // A proxy is spoken to in HTTP/1.1: undici's CONNECT has a field that HTTP/2 forbids.
    connect: { ...picked(options.connect, ways), ...tls, allowH2: false },
  } as PoolOptions)
  const { protocol, host, port } = url
  const hostname = url.hostname.replace(/^\[(.+)\]$/, '$1')
  // A target has it in undici only where the agent's own client makes the connection.
  const target = { ...picked(options, ['localAddress']), protocol, host, hostname }
  return (_origin, callback) => {
    connect({ ...target, port: port || portOf(proxy) }, (error, socket) => {
      if (error === null) callback(null, socket as NonNullable<typeof socket>)
      else callback(proxyFailure(proxy, error), null)
    })
  }
}

function portOf({ url, socks }: ProxyServer): string {
  if (socks) return '1080'
  return url.protocol === 'https:' ? '443' : '80'
}

function picked(options: unknown, names: readonly string[]): object {
  const entries = Object.entries(Object(options) as object)
  return Object.fromEntries(entries.filter(([name]) => names.includes(name)))
}

/** Milliseconds that a connection may take, as undici's own options say. */
export function connectTimeoutOf({ connect, connectTimeout }: PoolOptions): number {
  const own = typeof connect === 'object' ? connect.timeout : null
  return own ?? connectTimeout ?? 10_000
}
