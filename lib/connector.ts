import { buildConnector, type Dispatcher, Pool } from 'undici'
import { gate } from './gate.ts'
import { markName } from './head.ts'
import { withHeader } from './headers.ts'
import { type Ticket, take, ticketKey } from './ticket.ts'

type Connector = buildConnector.connector

/** Dispatch options that may carry a ticket. */
export interface TicketedOptions extends Dispatcher.DispatchOptions {
  [ticketKey]?: Ticket
}

// undici's own options, read here because a pool's connector is built from them.
interface PoolOptions extends Pool.Options {
  useH2c?: boolean
}

/**
 * A connector whose HTTP/1.1 connections have gates. HTTP/2 connections pass through
 * untouched.
 *
 * @param connect what makes the connections: undici's `buildConnector(…)` or one's own.
 */
export function gatedConnector(connect: Connector, options: { pipelined: boolean }): Connector {
  return (target, callback) =>
    connect(target, (...result) => {
      const [, socket] = result
      if (socket && !isHttp2(socket)) gate(socket, options)
      callback(...result)
    })
}

/**
 * A pool factory that gives any undici agent gated connections.
 *
 * ```ts
 * const agent = new EnvHttpProxyAgent({ factory: gatedPool }).compose(expectContinue())
 * ```
 */
export function gatedPool(origin: string | URL, options: object): Pool {
  return new GatedPool(new URL(origin), options)
}

/** Turns tickets into marks, where it is sure that a gate will take them out again. */
class GatedPool extends Pool {
  readonly #http1: boolean

  constructor(origin: URL, options: PoolOptions) {
    const pipelined = (options.pipelining ?? 1) > 1
    super(origin, { ...options, connect: gatedConnector(connectorOf(options), { pipelined }) })
    this.#http1 = options.allowH2 === false || (origin.protocol === 'http:' && !options.useH2c)
  }

  override dispatch(options: TicketedOptions, handler: Dispatcher.DispatchHandler): boolean {
    const ticket = options[ticketKey]
    if (ticket === undefined || !this.#http1) return super.dispatch(options, handler)
    const headers = withHeader(options.headers, markName, take(ticket))
    return super.dispatch({ ...options, headers }, handler)
  }
}

/** The connector undici's Pool would have built from these options. */
function connectorOf(options: PoolOptions): Connector {
  const { connect, tls, maxCachedSessions, allowH2, useH2c, socketPath, connectTimeout } = options
  if (typeof connect === 'function') return connect
  const { autoSelectFamily, autoSelectFamilyAttemptTimeout } = options
  return buildConnector({
    ...(tls as unknown as object),
    maxCachedSessions,
    allowH2,
    useH2c,
    socketPath,
    timeout: connectTimeout,
    ...(typeof autoSelectFamily === 'boolean' && {
      autoSelectFamily,
      autoSelectFamilyAttemptTimeout,
    }),
    ...connect,
  } as object)
}

function isHttp2(socket: object): boolean {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2'
}
