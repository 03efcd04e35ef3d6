import type { Socket } from 'node:net'
import { Client, type Dispatcher, errors, Socks5ProxyAgent } from 'undici/index.js'
import { type TunnelCredentials, type TunnelTarget, tunnelKey } from '../connection/tunnel.ts'
import { Wait } from '../connection/wait.ts'
import { UploadError } from '../errors.ts'
import { fieldValue, type ResponseFields, withoutFields } from '../headers.ts'
import { parseChallenges } from '../protocol/challenge.ts'
import type { ProxyServer } from './server.ts'
import { connector } from './sockets.ts'

type MakeTunnel = (
  proxy: ProxyServer,
  toProxy: () => Promise<Socket>,
  target: TunnelTarget,
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
export const httpTunnel: MakeTunnel = async (proxy, toProxy, target, timeout) => {
  const { protocol, host, hostname, port } = target
  const authority = port === '' ? `${host ?? hostname}:443` : (host ?? `${hostname}:${port}`)
  const origin = `${protocol}//${authority}`
  const own = withoutFields(proxy.fields)
  const credentials = target[tunnelKey]?.({ proxy: proxy.name, origin, authority, headers: own })
  for (;;) {
    const headers = credentials?.headers() ?? own
    const request = { path: authority, headers: [...headers, 'host', authority] }
    const answer = await connectTo(proxy, toProxy, request, timeout)
    const { statusCode: status, socket, headers: fields } = answer
    // undici passes on the socket that toProxy made.
    if (status >= 200 && status < 300) return socket as Socket
    socket.on('error', () => {}).destroy()
    if (status === 407 && (await areOthers(proxy, credentials, fields))) continue
    const authorized = fieldValue(headers, 'proxy-authorization') !== undefined
    const advice = adviceFor(status, fields, authorized)
    const message = `The proxy ${proxy.name} answered ${status} to CONNECT ${authority}; ${advice}`
    throw Object.assign(new UploadError('ERR_EXPECT_PROXY', message), { response: { status } })
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
  const late = new AbortController()
  const what = `it did not answer CONNECT within ${timeout} ms (connectTimeout of the dispatcher)`
  // undici's error, so that it is retried like any connection that is not made in time.
  const wait = new Wait({ waited: () => late.abort(new errors.ConnectTimeoutError(what)) })
  if (timeout > 0) wait.start(timeout)
  try {
    return await client.connect({ ...request, signal: late.signal })
  } catch (error) {
    await client.destroy()
    throw error
  } finally {
    wait.stop()
  }
}

/** A method of undici's agent that is missing from its types: it makes a tunnel only. */
interface Socks5Tunnels {
  createSocks5Connection(host: string, port: number): Promise<Socket>
}

/** A tunnel through a SOCKS5 proxy (RFC 1928), with undici's own handshake. */
export const socksTunnel: MakeTunnel = async (proxy, toProxy, target, timeout) => {
  const { protocol, hostname, port } = target
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

function adviceFor(status: number, fields: ResponseFields, authorized: boolean): string {
  if (status >= 500) return 'it did not reach the origin'
  if (status !== 407)
    return 'have it allow the origin, or reach the origin without it (NO_PROXY, proxy.noProxy)'
  const challenges = parseChallenges(fields['proxy-authenticate'])
  const isNtlmOnly = challenges.every(({ scheme }) => scheme === 'ntlm' || scheme === 'negotiate')
  if (challenges.length > 0 && isNtlmOnly) {
    return 'it offers NTLM or Negotiate alone, which are not supported'
  }
  return authorized
    ? 'it does not accept the credentials of the proxy'
    : "give the proxy's credentials in its URL, in proxy.credentials, or under proxy in authenticate"
}
