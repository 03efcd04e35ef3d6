import type { buildConnector } from 'undici'
import type { ResponseFields } from '../headers.ts'

/** The key under which a request, and a connector's target, bring what answers a proxy's 407 to CONNECT. */
export const tunnelKey: unique symbol = Symbol('expect-continue.tunnel')

/** A tunnel through an HTTP proxy. */
export interface Tunnel {
  /** The proxy's origin. */
  readonly proxy: string
  /** The origin at the other end. */
  readonly origin: string
  /** The target of CONNECT (RFC 9110, section 9.3.6). */
  readonly authority: string
  /** The fields that the proxy gets in any case, as a flat list. */
  readonly headers: string[]
}

/** The credentials for one tunnel. */
export interface TunnelCredentials {
  /** The fields of the next CONNECT, as a flat list. */
  headers(): string[]
  /** Whether there are others to try than those that were answered with these fields of a 407. */
  challenged(fields: ResponseFields): Promise<boolean>
}

/** Answers the challenges to one upload's tunnels. */
export type TunnelAuthentication = (tunnel: Tunnel) => TunnelCredentials

/** The target of a connection, with what the upload that it is made for has to say to a proxy. */
export interface TunnelTarget extends buildConnector.Options {
  readonly [tunnelKey]?: TunnelAuthentication
}
