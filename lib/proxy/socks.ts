import type { Socket } from 'node:net'
import { type buildConnector, Socks5ProxyAgent } from 'undici'
import { proxyFailure } from './failure.ts'
import type { ProxyServer } from './server.ts'
import type { Way } from './tunnel.ts'

type Connector = buildConnector.connector

/** What undici's agent has beside what its types say: a tunnel by itself, for connections of one's own. */
interface Socks5Tunnels {
  createSocks5Connection(host: string, port: number): Promise<Socket>
}

/** A connector through a SOCKS5 proxy (RFC 1928), with undici's own handshake. */
export function socksConnector(proxy: ProxyServer, way: Way): Connector {
  return (target, callback) => {
    open(proxy, way, target).then(
      (socket) => {
        if (target.protocol === 'https:') way.toOrigin({ ...target, httpSocket: socket }, callback)
        else callback(null, socket)
      },
      (error: Error) => callback(proxyFailure(proxy, error), null),
    )
  }
}

async function open(
  { url, credentials }: ProxyServer,
  { toProxy, timeout }: Way,
  { protocol, hostname, port }: buildConnector.Options,
): Promise<Socket> {
  const { username = '', password = '' } = { ...credentials }
  const sockets: Socket[] = []
  let onClose: () => void = () => {}
  const left = new Promise<never>((_resolve, reject) => {
    onClose = () => reject(new Error('it closed the connection'))
  })
  const connect: Connector = (target, callback) =>
    toProxy(target, (...result) => {
      const [, socket] = result
      if (socket !== null) sockets.push(socket.once('close', onClose))
      callback(...result)
    })
  // The name of the host goes to the proxy as it is, whichever of the schemes is written.
  const options = { connect, connectTimeout: timeout, username, password }
  const agent = new Socks5ProxyAgent(`socks5://${url.host}`, options) as unknown as Socks5Tunnels
  const number = Number(port) || (protocol === 'https:' ? 443 : 80)
  try {
    return await Promise.race([agent.createSocks5Connection(hostname, number), left])
  } catch (error) {
    for (const socket of sockets) socket.on('error', () => {}).destroy()
    throw error
  } finally {
    for (const socket of sockets) socket.off('close', onClose)
  }
}
