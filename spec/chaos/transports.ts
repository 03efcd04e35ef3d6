import type { ExpectAgentOptions } from '../../lib/client/agent.ts'

/** What uploads go over and through, and how likely that is. */
export const transports = {
  'HTTP/1.1': 5,
  'HTTP/1.1, TLS': 3,
  'HTTP/2': 5,
  'proxy, absolute form': 2,
  'proxy, CONNECT': 1,
  'proxy, CONNECT, HTTP/2': 2,
} as const

/** The name of what uploads go over and through. */
export type Transport = keyof typeof transports

/** Where the origin listens, and the proxy that leads to it. */
export interface Addresses {
  /** The port without TLS. */
  readonly plain: number
  /** The port with TLS, where HTTP/1.1 and HTTP/2 are spoken. */
  readonly secure: number
  /** The port of the HTTP proxy. */
  readonly proxy: number
  /** The certificate to trust. */
  readonly ca: string
}

/** The way of a session's uploads. */
export interface Route {
  /** What its connections lead to, behind what damages them. */
  readonly port: number
  readonly secure: boolean
  /** The URL of the origin, when what damages connections listens on this port. */
  urlAt(port: number): string
  /** The options of its agent. */
  optionsAt(port: number): ExpectAgentOptions
}

/** The way that a transport takes to the origin. */
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
