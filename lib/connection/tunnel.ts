import type { buildConnector } from 'undici'
import type { ResponseFields } from '../headers.ts'

/** The key of the tunnel authentication in dispatch options and in a connector's target. */
export const tunnelKey: unique symbol = Symbol('expect-continue.tunnel')

/** A tunnel through an HTTP proxy. */
export interface Tunnel {
  /** The proxy's origin. */
  readonly proxy: string
  /** The origin at the other end. */
  readonly origin: string
  /** The target of CONNECT (RFC 9110, section 9.3.6). */
  readonly authority: string
  /** The fields of every CONNECT, as a flat list. */
  readonly headers: string[]
}

export interface TunnelCredentials {
  /** The fields of the next CONNECT, as a flat list. */
  headers(): string[]
  /** Handles the fields of a 407; resolves to whether there are other credentials to try. */
  challenged(fields: ResponseFields): Promise<boolean>
}

/** Makes the credentials for the tunnels of one upload. */
export type TunnelAuthentication = (tunnel: Tunnel) => TunnelCredentials

/** The target of a connection, with the tunnel authentication of the upload that it is made for. */
export interface TunnelTarget extends buildConnector.Options {
  readonly [tunnelKey]?: TunnelAuthentication
}
