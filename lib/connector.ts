import { buildConnector, Client, type Dispatcher, Pool } from 'undici'
import { UploadError } from './errors.ts'
import { gate } from './gate.ts'
import { markName } from './head.ts'
import { withHeader, withoutFields } from './headers.ts'
import { type Ticket, take, ticketKey } from './ticket.ts'

type Connector = buildConnector.connector

/** Dispatch options that may carry a ticket. */
export interface TicketedOptions extends Dispatcher.DispatchOptions {
  [ticketKey]?: Ticket
}

// undici's own options; the types of some versions leave one out.
interface ClientOptions extends Client.Options {
  useH2c?: boolean
}

interface PoolOptions extends Pool.Options, ClientOptions {}

/** What is known of the connections a connector makes. */
interface ConnectionOptions {
  /** Whether requests may be written before the response to the last one is complete. */
  readonly pipelined: boolean
  /** Whether tickets are turned into marks on the way to them. */
  readonly http1: boolean
}

/**
 * A connector whose HTTP/1.1 connections have gates. HTTP/2 connections pass through
 * untouched, but not where marks are written: they would reach the origin.
 */
function gatedConnector(connect: Connector, { pipelined, http1 }: ConnectionOptions): Connector {
  return (target, callback) =>
    connect(target, (...result) => {
      const [, socket] = result
      if (!socket) return callback(...result)
      if (!isHttp2(socket)) {
        gate(socket, { pipelined })
        return callback(null, socket)
      }
      if (!http1) return callback(null, socket)
      socket.destroy()
      callback(noGate(target.hostname), null)
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
  const poolOptions = options as PoolOptions
  const pipelined = (poolOptions.pipelining ?? 1) > 1
  const http1 = isHttp1(new URL(origin), poolOptions)
  return new Pool(origin, {
    ...poolOptions,
    connect: gatedConnector(connectorOf(poolOptions), { pipelined, http1 }),
    factory: (url, clientOptions) => new GatedClient(url, clientOptions),
  })
}

/** What undici uses where nobody says otherwise. */
const undiciHeadersTimeout = 300_000

/** Turns tickets into marks, where it is sure that a gate will take them out again. */
class GatedClient extends Client {
  readonly #http1: boolean
  readonly #headersTimeout: number

  constructor(origin: URL, options: ClientOptions) {
    super(origin, options)
    this.#http1 = isHttp1(origin, options)
    this.#headersTimeout = options.headersTimeout ?? undiciHeadersTimeout
  }

  override dispatch(options: TicketedOptions, handler: Dispatcher.DispatchHandler): boolean {
    const ticket = options[ticketKey]
    if (ticket === undefined || !this.#http1) return super.dispatch(options, handler)
    // A field of the caller's by this name would stand before the mark, and hide it.
    const own = withoutFields(options.headers, markName)
    const headers = withHeader(own, markName, take(ticket))
    // undici's timer runs while content is sent, and cuts an upload that moves slowly.
    ticket.headersTimeout = options.headersTimeout ?? this.#headersTimeout
    return super.dispatch({ ...options, headers, headersTimeout: 0 }, handler)
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

/** Whether all connections a client makes are HTTP/1.1. */
function isHttp1(origin: URL, options: ClientOptions): boolean {
  return options.allowH2 === false || (origin.protocol === 'http:' && !options.useH2c)
}

function noGate(hostname: string): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    `The connect function made an HTTP/2 connection to ${hostname} where HTTP/1.1 was asked for; make it heed allowH2: false`,
  )
}

function isHttp2(socket: object): boolean {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2'
}
