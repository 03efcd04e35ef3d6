import type { ExpectAgentOptions } from '../../lib/client/agent.ts'

/** The transports, and how likely each is. */
export const transports = {
  'HTTP/1.1': 5,
  'HTTP/1.1, TLS': 3,
  'HTTP/2': 5,
  'proxy, absolute form': 2,
  'proxy, CONNECT': 1,
  'proxy, CONNECT, HTTP/2': 2,
} as const

export type Transport = keyof typeof transports

export interface Addresses {
  /** The port without TLS. */
  readonly plain: number
  /** The port with TLS, for HTTP/1.1 and HTTP/2. */
  readonly secure: number
  /** The port of the HTTP proxy. */
  readonly proxy: number
  /** The certificate to trust. */
  readonly ca: string
}

/** How uploads of a session reach the origin. */
export interface Route {
  /** The port that the fault proxy connects to. */
  readonly port: number
  readonly secure: boolean
  /** The URL of the origin, where the fault proxy listens on this port. */
  urlAt(port: number): string
  /** The options of the agent. */
  optionsAt(port: number): ExpectAgentOptions
}

export function routeOf(transport: Transport, addresses: Addresses): Route {
  const proxied = transport.startsWith('proxy')
  const secure = transport !== 'HTTP/1.1' && transport !== 'proxy, absolute form'
  const scheme = secure ? 'https' : 'http'
  const own = secure ? addresses.secure : addresses.plain
  return {
    port: proxied ? addresses.proxy : own,
    secure,
    urlAt: (port) => `${scheme}://127.0.0.1:${proxied ? own : port}`,
    optionsAt: (port) => ({
      allowH2: transport.endsWith('HTTP/2'),
      ...(secure && { connect: { ca: addresses.ca } }),
      ...(proxied && { proxy: `http://127.0.0.1:${port}` }),
    }),
  }
}
