import { Socket } from 'node:net'
import { type buildConnector, Client, type Dispatcher, Socks5ProxyAgent } from '#undici'
import { connectorOf, type PoolOptions } from '../connection/connector.ts'
import { type TunnelCredentials, type TunnelTarget, tunnelKey } from '../connection/tunnel.ts'
import { UploadError } from '../errors.ts'
import { fieldValue, type ResponseFields, withoutFields } from '../headers.ts'
import type { ProxyServer } from './server.ts'

type Connector = buildConnector.connector
type Target = TunnelTarget

/** Connections to a proxy, which carry requests to http origins in the absolute form. */
export function connectorTo(proxy: ProxyServer, options: PoolOptions): Connector {
  const toProxy = proxySockets(proxy, options)
  return connector((_target, way) => ofProxy(proxy, () => toProxy(way)))
}

/** Connections to an origin through a tunnel that a proxy makes. */
export function connectorThrough(proxy: ProxyServer, options: PoolOptions): Connector {
  const toProxy = proxySockets(proxy, options)
  const toOrigin = connectorOf(options)
  const tunnel = proxy.socks ? socksTunnel : httpTunnel
  const timeout = connectTimeoutOf(options)
  return connector(async (target, way) => {
    const toOwn = (): Promise<Socket> => toProxy(way)
    const httpSocket = await ofProxy(proxy, () => tunnel(proxy, toOwn, target, timeout))
    if (target.protocol !== 'https:') return httpSocket
    try {
      return await socketOf(toOrigin, { ...target, httpSocket }, way)
    } catch (error) {
      // TLS options that cannot be used throw before anything takes the socket over.
      httpSocket.destroy()
      throw error
    }
  })
}

/** A connection that is being made; whoever wanted it may give it up. */
class Way {
  socket: Socket | null = null
  /** Why it was given up; `null` while it was not. */
  error: Error | null = null

  destroy(error: Error): void {
    this.error = error
    this.socket?.destroy(error)
  }
}

/** Whatever fails before there is a socket reaches the callback, and nobody else. */
function connector(connect: (target: Target, way: Way) => Promise<Socket>): Connector {
  return (target, callback) => {
    const way = new Way()
    connect(target, way).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    )
    // undici's own connectors answer the socket, which its types do not say.
    return way as unknown as undefined
  }
}

async function socketOf(connect: Connector, target: Target, way: Way): Promise<Socket> {
  if (way.error !== null) throw way.error
  return new Promise((resolve, reject) => {
    const connecting: unknown = connect(target, (error, socket) => {
      if (error === null) resolve(socket as Socket)
      else reject(error)
    })
    if (connecting instanceof Socket) way.socket = connecting
  })
}

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

/** Makes sockets to a proxy, whatever the target. */
function proxySockets({ url, tls, socks }: ProxyServer, options: PoolOptions) {
  const connect = connectorOf({
    ...picked(options, poolWays),
    // A proxy is spoken to in HTTP/1.1: undici's CONNECT has a field that HTTP/2 forbids.
    connect: { ...picked(options.connect, ways), ...tls, allowH2: false },
  } as PoolOptions)
  const { protocol, host } = url
  const hostname = url.hostname.replace(/^\[(.+)\]$/, '$1')
  const defaultPort = protocol === 'https:' ? '443' : '80'
  const port = url.port || (socks ? '1080' : defaultPort)
  // A target has it in undici only where the agent's own client makes the connection.
  const target = { ...picked(options, ['localAddress']), protocol, host, hostname, port }
  return (way: Way): Promise<Socket> => socketOf(connect, target, way)
}

function picked(options: unknown, names: readonly string[]): object {
  const entries = Object.entries(Object(options) as object)
  return Object.fromEntries(entries.filter(([name]) => names.includes(name)))
}

/** Milliseconds that each step may take, as undici's own options say; 0 for any. */
function connectTimeoutOf({ connect, connectTimeout }: PoolOptions): number {
  const own = typeof connect === 'object' ? connect.timeout : null
  return own ?? connectTimeout ?? 10_000
}

type MakeTunnel = (
  proxy: ProxyServer,
  toProxy: () => Promise<Socket>,
  target: Target,
  timeout: number,
) => Promise<Socket>

/**
 * A tunnel through an HTTP proxy (RFC 9110, section 9.3.6). CONNECT goes out on a connection
 * that has no gate, and carries what is meant for the proxy alone:
 *
 *     > CONNECT uploads.example:443 HTTP/1.1
 *     < HTTP/1.1 407 Proxy Authentication Required
 *
 *     > CONNECT uploads.example:443 HTTP/1.1     on another connection
 *     > proxy-authorization: Digest …
 *     < HTTP/1.1 200 Connection Established
 */
const httpTunnel: MakeTunnel = async (proxy, toProxy, target, timeout) => {
  const { protocol, host, hostname, port } = target
  const authority = port === '' ? `${host ?? hostname}:443` : (host ?? `${hostname}:${port}`)
  const origin = `${protocol}//${authority}`
  const own = withoutFields(proxy.fields)
  const credentials = target[tunnelKey]?.({ proxy: proxy.name, origin, authority, headers: own })
  for (;;) {
    const headers = credentials?.headers() ?? own
    const {
      statusCode,
      socket,
      headers: fields,
    } = await connectTo(
      proxy,
      toProxy,
      { path: authority, headers: [...headers, 'host', authority] },
      timeout,
    )
    // It is the socket that toProxy made.
    if (statusCode >= 200 && statusCode < 300) return socket as Socket
    socket.on('error', () => {}).destroy()
    if (statusCode === 407 && (await areOthers(proxy, credentials, fields))) continue
    const authorized = fieldValue(headers, 'proxy-authorization') !== undefined
    throw noTunnel(proxy, authority, statusCode, authorized)
  }
}

/** Whether there are credentials that were not tried yet. */
async function areOthers(
  { name }: ProxyServer,
  credentials: TunnelCredentials | undefined,
  fields: ResponseFields,
): Promise<boolean> {
  try {
    return (await credentials?.challenged(fields)) ?? false
  } catch (cause) {
    const message = `authenticate failed to answer the 407 of the proxy ${name}`
    throw new UploadError('ERR_EXPECT_PROXY', message, { cause })
  }
}

async function connectTo(
  proxy: ProxyServer,
  toProxy: () => Promise<Socket>,
  request: Pick<Dispatcher.ConnectOptions, 'path' | 'headers'>,
  timeout: number,
): Promise<Dispatcher.ConnectData> {
  const client = new Client(proxy.url.origin, { connect: connector(() => toProxy()) })
  try {
    const signal = timeout === 0 ? null : AbortSignal.timeout(timeout)
    return await client.connect({ ...request, signal })
  } catch (error) {
    await client.destroy()
    throw error
  }
}

/** What undici's agent has beside what its types say: a tunnel by itself, for connections of one's own. */
interface Socks5Tunnels {
  createSocks5Connection(host: string, port: number): Promise<Socket>
}

/** A tunnel through a SOCKS5 proxy (RFC 1928), with undici's own handshake. */
const socksTunnel: MakeTunnel = async (proxy, toProxy, { protocol, hostname, port }, timeout) => {
  const { username = '', password = '' } = { ...proxy.credentials }
  const socket = await toProxy()
  const agent = new Socks5ProxyAgent(`socks5://${proxy.url.host}`, {
    connect: (_target, callback) => callback(null, socket),
    connectTimeout: timeout,
    username,
    password,
  }) as unknown as Socks5Tunnels
  let onClose: () => void = () => {}
  // undici goes on waiting when the proxy leaves in the middle of the handshake.
  const left = new Promise<never>((_resolve, reject) => {
    onClose = () => reject(new Error('it closed the connection'))
  })
  socket.once('close', onClose)
  try {
    // The name of the host goes to the proxy as it is, whichever of the schemes is written.
    const number = Number(port) || (protocol === 'https:' ? 443 : 80)
    return await Promise.race([agent.createSocks5Connection(hostname, number), left])
  } catch (error) {
    socket.on('error', () => {}).destroy()
    throw error
  } finally {
    socket.off('close', onClose)
  }
}

/**
 * Says of what fails on the way to a proxy, or at it, that it was the proxy. undici tries again
 * by itself, without end, after some of its own errors; so none of them is handed to it as it is.
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

/** The proxy answered CONNECT with something else than a tunnel. */
function noTunnel(
  { name }: ProxyServer,
  authority: string,
  status: number,
  authorized: boolean,
): UploadError {
  const message = `The proxy ${name} answered ${status} to CONNECT ${authority}; ${adviceFor(status, authorized)}`
  const error = new UploadError('ERR_EXPECT_PROXY', message)
  error.response = { status }
  return error
}

function adviceFor(status: number, authorized: boolean): string {
  if (status >= 500) return 'it did not reach the origin'
  if (status !== 407)
    return 'have it allow the origin, or reach the origin without it (NO_PROXY, proxy.noProxy)'
  return authorized
    ? 'it does not accept the credentials of the proxy'
    : "give the proxy's credentials in its URL, in proxy.credentials, or under proxy in authenticate"
}
