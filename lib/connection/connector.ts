import { buildConnector, Client, type Dispatcher, Pool } from 'undici'
import { type Announcer, Announcing } from './announcing.ts'
import { gate } from './gate.ts'
import type { Line, NextRequest } from './line.ts'
import { SessionGate } from './session-gate.ts'
import { type Ticket, ticketKey } from './ticket.ts'

type Connector = buildConnector.connector

/** Dispatch options that may carry a ticket. */
export interface TicketedOptions extends Dispatcher.DispatchOptions {
  [ticketKey]?: Ticket
}

// undici's own options; the types of some versions leave one out.
interface ClientOptions extends Client.Options {
  useH2c?: boolean
}

/** The options of a pool that makes gated connections. */
export interface PoolOptions extends Pool.Options, ClientOptions {}

/**
 * A pool factory that gives any undici agent gated connections.
 *
 * ```ts
 * const agent = new EnvHttpProxyAgent({ factory: gatedPool }).compose(expectContinue())
 * ```
 */
export function gatedPool(origin: string | URL, options: object): Pool {
  const poolOptions = options as PoolOptions
  return new Pool(origin, {
    ...poolOptions,
    connect: connectorOf(poolOptions),
    factory: (url, clientOptions) => new GatedClient(url, clientOptions),
  })
}

/**
 * Bytes that a connection takes in before it says that it is full, 64 KiB with undici: what is
 * written in small chunks then goes out in fewer system calls. undici's own number would hold for
 * what is read, too.
 */
const watermarks = { highWaterMark: undefined, writableHighWaterMark: 524_288 }

/** What undici uses where nobody says otherwise. */
const undiciHeadersTimeout = 300_000

/** A client whose connection has a gate, and is told whose request comes next. */
class GatedClient extends Client implements Announcer {
  readonly #headersTimeout: number
  readonly #mayUseHttp2: boolean
  readonly #pipelined: boolean
  #line: Line | null = null

  constructor(origin: URL, options: ClientOptions) {
    const pipelined = (options.pipelining ?? 1) > 1
    // A pool hands on the function that it was given.
    const connect = options.connect as Connector
    super(origin, {
      ...options,
      connect: (target, callback) =>
        connect(target, (...result) => {
          const [, socket] = result
          if (socket)
            this.#line = isHttp2(socket) ? new SessionGate(socket) : gate(socket, { pipelined })
          // undici writes the requests that wait in here.
          callback(...result)
        }),
    })
    this.#headersTimeout = options.headersTimeout ?? undiciHeadersTimeout
    this.#mayUseHttp2 =
      options.useH2c === true || (origin.protocol === 'https:' && options.allowH2 !== false)
    this.#pipelined = pipelined
  }

  override dispatch(options: TicketedOptions, handler: Dispatcher.DispatchHandler): boolean {
    const ticket = options[ticketKey]
    if (ticket === undefined) return super.dispatch(options, this.#watched(options, handler))
    ticket.taken = true
    // undici's timer runs while content is sent, and cuts an upload that moves slowly.
    ticket.headersTimeout = options.headersTimeout ?? this.#headersTimeout
    const body = this.#inOnePiece(ticket, options.body) ?? options.body ?? null
    const { asks } = ticket
    const own = { ...options, body, expectContinue: asks, headersTimeout: 0 }
    // Over HTTP/1.1 undici does not look at expectContinue.
    return super.dispatch(own, new Announcing(handler, this, { ticket, asks }))
  }

  announce(next: NextRequest | null, controller: Dispatcher.DispatchController): void {
    if (next !== null) this.#line?.announce(next, controller)
    else if (this.#line instanceof SessionGate) this.#line.watch()
  }

  /**
   * Content that the gate of an HTTP/1.1 connection can hold back without anybody reading it. undici
   * writes what is in one piece behind other requests, and those are no gate's to hold up.
   */
  #inOnePiece(ticket: Ticket, body: unknown): string | Buffer | null {
    return this.#mayUseHttp2 || this.#pipelined ? null : ticket.inOnePiece(body)
  }

  /** Content that nothing holds back may be given up on its way all the same. */
  #watched(
    { body }: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): Dispatcher.DispatchHandler {
    if (!this.#mayUseHttp2 || body === null || body === undefined) return handler
    return new Announcing(handler, this, null)
  }
}

/** The connector undici's Pool would have built from these options. */
export function connectorOf(options: PoolOptions): Connector {
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
    ...watermarks,
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
