import { TLSSocket } from 'node:tls'
import { buildConnector, type Client, type Pool } from 'undici/index.js'
import { definedOf } from '../unknown.ts'
import { TlsSessions } from './tls-sessions.ts'

type Connector = buildConnector.connector

// undici's own options. The types of some versions lack useH2c.
export interface ClientOptions extends Client.Options {
  useH2c?: boolean
}

/** Options of undici's connector, whose types lack maxCachedSessions. */
interface SessionOptions {
  maxCachedSessions?: number | null | undefined
  session?: Buffer
}

/** The key under which an agent passes its TLS sessions to its pools. */
export const sessionsKey: unique symbol = Symbol('expect-continue.sessions')

export interface PoolOptions extends Pool.Options, ClientOptions {
  [sessionsKey]?: TlsSessions
}

/**
 * Bytes that a socket buffers before `write()` returns false; undici's value is 64 KiB. Setting
 * undici's `highWaterMark` instead would also change the read buffer.
 */
const watermarks = { highWaterMark: undefined, writableHighWaterMark: 524_288 }

/**
 * The connector that undici's Pool builds from these options, with another cache for TLS sessions.
 * undici keeps sessions in weak references, which are collected before they are used.
 */
export function connectorOf(options: PoolOptions): Connector {
  const { connect, tls, maxCachedSessions, allowH2, useH2c, socketPath, connectTimeout } = options
  if (typeof connect === 'function') return connect
  const { autoSelectFamily, autoSelectFamilyAttemptTimeout } = options
  const own = {
    ...(tls as unknown as object),
    allowH2,
    useH2c,
    socketPath,
    timeout: connectTimeout,
    ...watermarks,
    ...(typeof autoSelectFamily === 'boolean' && {
      autoSelectFamily,
      autoSelectFamilyAttemptTimeout,
    }),
    ...definedOf(connect as object | undefined),
  }
  const { session, maxCachedSessions: max = maxCachedSessions } = own as SessionOptions
  const build = (options: SessionOptions): Connector =>
    buildConnector({ ...own, ...options } as object)
  const uncached = build({ maxCachedSessions: max })
  if (session !== undefined || max === 0) return uncached
  const fresh = build({ maxCachedSessions: 0 })
  const sessions = options[sessionsKey] ?? new TlsSessions(max)
  return (target, callback) => {
    const { protocol, servername, hostname, port } = target
    if (protocol !== 'https:') return fresh(target, callback)
    const key = [servername, hostname, port].join(' ')
    const resumed = sessions.get(key)
    const connectNow =
      resumed === undefined ? fresh : build({ maxCachedSessions: 0, session: resumed })
    return connectNow(target, (...result) => {
      const [error, socket] = result
      if (error !== null) sessions.delete(key)
      else if (socket instanceof TLSSocket) sessions.keep(key, socket)
      callback(...result)
    })
  }
}
