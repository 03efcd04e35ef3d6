import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { connectorOf, type PoolOptions } from '../connection/connector.ts'
import { UploadError } from '../errors.ts'
import type { ProxyServer } from './server.ts'
import { connector, proxySockets, socketOf } from './sockets.ts'
import { httpTunnel, socksTunnel } from './tunnels.ts'

type Connector = buildConnector.connector

/** Makes connections to a proxy for requests to http origins in absolute form. */
export function connectorTo(proxy: ProxyServer, options: PoolOptions): Connector {
  const toProxy = proxySockets(proxy, options)
  return connector((_target, pending) => ofProxy(proxy, () => toProxy(pending)))
}

/** Makes connections to an origin through a tunnel of a proxy. */
export function connectorThrough(proxy: ProxyServer, options: PoolOptions): Connector {
  const toProxy = proxySockets(proxy, options)
  const toOrigin = connectorOf(options)
  const tunnel = proxy.socks ? socksTunnel : httpTunnel
  const timeout = connectTimeoutOf(options)
  return connector(async (target, pending) => {
    const toOwn = (): Promise<Socket> => toProxy(pending)
    const httpSocket = await ofProxy(proxy, () => tunnel(proxy, toOwn, target, timeout))
    if (target.protocol !== 'https:') return httpSocket
    try {
      return await socketOf(toOrigin, { ...target, httpSocket }, pending)
    } catch (error) {
      // Bad TLS options throw before anything owns the socket.
      httpSocket.destroy()
      throw error
    }
  })
}

/**
 * Wraps errors of a proxy in one that names it. undici retries without end after some of its own
 * errors, so they must not be passed to it as they are.
 */
async function ofProxy({ name }: ProxyServer, connect: () => Promise<Socket>): Promise<Socket> {
  try {
    return await connect()
  } catch (cause) {
    if (cause instanceof UploadError) throw cause
    const message = `The proxy ${name} could not be used: ${(cause as Error).message}`
    throw new UploadError('ERR_EXPECT_PROXY', message, { cause })
  }
}

/** Milliseconds for each step, from undici's own options; 0 for no limit. */
function connectTimeoutOf({ connect, connectTimeout }: PoolOptions): number {
  const own = typeof connect === 'object' ? connect.timeout : null
  return own ?? connectTimeout ?? 10_000
}
