import { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { connectorOf, type PoolOptions } from '../connection/connector.ts'
import type { TunnelTarget } from '../connection/tunnel.ts'
import type { ProxyServer } from './server.ts'

type Connector = buildConnector.connector

class PendingConnection {
  socket: Socket | null = null
  error: Error | null = null
  readonly cancelled: Promise<never>
  #cancel: (error: Error) => void = () => {}

  constructor() {
    this.cancelled = new Promise((_resolve, reject) => {
      this.#cancel = reject
    })
  }

  destroy(error: Error): void {
    this.error = error
    this.#cancel(error)
    this.socket?.destroy(error)
  }
}

/** A connector of an async function; errors before there is a socket go to the callback only. */
export function connector(
  connect: (target: TunnelTarget, pending: PendingConnection) => Promise<Socket>,
): Connector {
  return (target, callback) => {
    const pending = new PendingConnection()
    // A function for authenticate may never answer, so a cancelled connection does not wait for it.
    Promise.race([pending.cancelled, connect(target, pending)]).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    )
    // undici's own connectors return the socket, which is missing from its types.
    return pending as unknown as undefined
  }
}

export async function socketOf(
  connect: Connector,
  target: TunnelTarget,
  pending: PendingConnection,
): Promise<Socket> {
  if (pending.error !== null) throw pending.error
  return new Promise((resolve, reject) => {
    const connecting: unknown = connect(target, (error, socket) => {
      if (error === null) resolve(socket as Socket)
      else reject(error)
    })
    if (connecting instanceof Socket) pending.socket = connecting
  })
}

/** undici's connect options that apply to the connection to the proxy instead of the origin. */
const proxyConnectNames = [
  'family',
  'hints',
  'lookup',
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
  'keepAlive',
  'keepAliveInitialDelay',
  'timeout',
]
const proxyPoolNames = ['connectTimeout', 'autoSelectFamily', 'autoSelectFamilyAttemptTimeout']

export function proxySockets({ url, tls, socks }: ProxyServer, options: PoolOptions) {
  const connect = connectorOf({
    ...picked(options, proxyPoolNames),
    // Only HTTP/1.1 to the proxy: undici's CONNECT has a field that HTTP/2 forbids.
    connect: { ...picked(options.connect, proxyConnectNames), ...tls, allowH2: false },
  } as PoolOptions)
  const { protocol, host } = url
  const hostname = url.hostname.replace(/^\[(.+)\]$/, '$1')
  const defaultPort = protocol === 'https:' ? '443' : '80'
  const port = url.port || (socks ? '1080' : defaultPort)
  // undici adds localAddress to a target only when its own client makes the connection.
  const target = { ...picked(options, ['localAddress']), protocol, host, hostname, port }
  return (pending: PendingConnection): Promise<Socket> => socketOf(connect, target, pending)
}

function picked(options: unknown, names: readonly string[]): object {
  const entries = Object.entries(Object(options) as object)
  return Object.fromEntries(entries.filter(([name]) => names.includes(name)))
}
