import type { Socket } from 'node:net'
import { type buildConnector, Client, type Dispatcher } from 'undici'
import { noTunnel, proxyFailure } from './failure.ts'
import type { ProxyServer } from './server.ts'

type Connector = buildConnector.connector

/** The connectors of a way, and the milliseconds that each step of it may take; 0 for any. */
export interface Way {
  readonly toProxy: Connector
  /** Speaks TLS with the origin on the socket that it is given. */
  readonly toOrigin: Connector
  readonly timeout: number
}

/**
 * A connector through an HTTP proxy (RFC 9110, section 9.3.6). CONNECT goes out on a connection
 * that has no gate, and carries what is meant for the proxy alone:
 *
 *     > CONNECT uploads.example:443 HTTP/1.1
 *     > proxy-authorization: Basic …
 *     < HTTP/1.1 200 Connection Established
 */
export function tunnelConnector(proxy: ProxyServer, way: Way): Connector {
  return (target, callback) => {
    open(proxy, way.toProxy, authorityOf(target), way.timeout).then(
      (httpSocket) => way.toOrigin({ ...target, httpSocket }, callback),
      (error: Error) => callback(proxyFailure(proxy, error), null),
    )
  }
}

async function open(
  proxy: ProxyServer,
  toProxy: Connector,
  authority: string,
  timeout: number,
): Promise<Socket> {
  let authorization = proxy.authorize([])
  for (;;) {
    const answer = await ask(proxy, toProxy, authority, authorization, timeout)
    const { statusCode: status, headers } = answer
    // It is the socket that toProxy made.
    const socket = answer.socket as Socket
    if (status >= 200 && status < 300) return socket
    socket.on('error', () => {}).destroy()
    const challenges = [headers['proxy-authenticate'] ?? []].flat()
    const next = status === 407 ? proxy.authorize(challenges) : null
    if (next === null || next === authorization) {
      throw noTunnel(proxy, authority, status, authorization !== null)
    }
    authorization = next
  }
}

/** A client of undici's resolves with whatever the proxy answers. */
async function ask(
  { url, headers }: ProxyServer,
  connect: Connector,
  authority: string,
  authorization: string | null,
  timeout: number,
): Promise<Dispatcher.ConnectData> {
  const client = new Client(url.origin, { connect })
  try {
    return await client.connect({
      path: authority,
      headers: {
        ...headers,
        host: authority,
        ...(authorization !== null && { 'proxy-authorization': authorization }),
      },
      signal: timeout === 0 ? null : AbortSignal.timeout(timeout),
    })
  } catch (error) {
    await client.destroy()
    throw error
  }
}

function authorityOf({ host, hostname, port }: buildConnector.Options): string {
  return port === '' ? `${host ?? hostname}:443` : (host ?? `${hostname}:${port}`)
}
