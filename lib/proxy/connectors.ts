import { Socket } from 'node:net'
import { type buildConnector, Client, type Dispatcher, Socks5ProxyAgent } from 'undici/index.js'
import { connectorOf, type PoolOptions } from '../connection/connector.ts'
import { type TunnelCredentials, type TunnelTarget, tunnelKey } from '../connection/tunnel.ts'
import { UploadError } from '../errors.ts'
import { fieldValue, type ResponseFields, withoutFields } from '../headers.ts'
import type { ProxyServer } from './server.ts'

type Connector = buildConnector.connector
type Target = TunnelTarget

/** Makes connections to a proxy for requests to http origins in absolute form. */
export function connectorTo(proxy: ProxyServer, options: PoolOptions): Connector {
  const toProxy = proxySockets(proxy, options)
  return connector((_target, way) => ofProxy(proxy, () => toProxy(way)))
}

/** Makes connections to an origin through a tunnel of a proxy. */
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
      // Bad TLS options throw before anything owns the socket.
      httpSocket.destroy()
      throw error
    }
  })
}

/** A connection that is being made, and can be cancelled. */
class Way {
  socket: Socket | null = null
  /** Why it was cancelled; `null` if it was not. */
  error: Error | null = null
  /** Rejects when it is cancelled. */
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
function connector(connect: (target: Target, way: Way) => Promise<Socket>): Connector {
  return (target, callback) => {
    const way = new Way()
    // A function for authenticate may never answer, so a cancelled connection does not wait for it.
    Promise.race([way.cancelled, connect(target, way)]).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    )
    // undici's own connectors return the socket, which is missing from its types.
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

/** Those of undici's connect options that apply to the connection to the proxy, and not to the origin. */
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
    // Only HTTP/1.1 to the proxy: undici's CONNECT has a field that HTTP/2 forbids.
    connect: { ...picked(options.connect, ways), ...tls, allowH2: false },
  } as PoolOptions)
  const { protocol, host } = url
  const hostname = url.hostname.replace(/^\[(.+)\]$/, '$1')
  const defaultPort = protocol === 'https:' ? '443' : '80'
  const port = url.port || (socks ? '1080' : defaultPort)
  // undici adds localAddress to a target only when its own client makes the connection.
  const target = { ...picked(options, ['localAddress']), protocol, host, hostname, port }
  return (way: Way): Promise<Socket> => socketOf(connect, target, way)
}

function picked(options: unknown, names: readonly string[]): object {
  const entries = Object.entries(Object(options) as object)
  return Object.fromEntries(entries.filter(([name]) => names.includes(name)))
}

/** Milliseconds for each step, from undici's own options; 0 for no limit. */
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
 * A tunnel through an HTTP proxy (RFC 9110, section 9.3.6). CONNECT is sent on a connection
 * without a gate, and carries only the fields for the proxy:
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
    // undici passes on the socket that toProxy made.
    if (statusCode >= 200 && statusCode < 300) return socket as Socket
    socket.on('error', () => {}).destroy()
    if (statusCode === 407 && (await areOthers(proxy, credentials, fields))) continue
    const authorized = fieldValue(headers, 'proxy-authorization') !== undefined
    throw noTunnel(proxy, authority, statusCode, authorized)
  }
}

/** Whether there are credentials that have not been tried. */
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

/** A method of undici's agent that is missing from its types: it makes a tunnel only. */
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
  // undici waits forever when the proxy closes the connection during the handshake.
  const left = new Promise<never>((_resolve, reject) => {
    onClose = () => reject(new Error('it closed the connection'))
  })
  socket.once('close', onClose)
  try {
    // The proxy resolves the host name, also with the scheme socks5:.
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

/** The proxy did not answer CONNECT with a 2xx. */
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
