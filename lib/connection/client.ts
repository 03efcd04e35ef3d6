import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type buildConnector, Client, type Dispatcher, errors } from 'undici/index.js'
import type { ClientOptions } from './connector.ts'
import { Http1Gate } from './http1-gate.ts'
import { Http2Gate } from './http2-gate.ts'
import { OtherRequestHandler, UploadRequestHandler, WaitingHandler } from './request-handlers.ts'
import { chunkSent, type Ticket, ticketKey } from './ticket.ts'
import { type TunnelAuthentication, tunnelKey } from './tunnel.ts'
import { UploadBody } from './upload-body.ts'

type Connector = buildConnector.connector

export interface TicketedOptions extends Dispatcher.DispatchOptions {
  [ticketKey]?: Ticket
  [tunnelKey]?: TunnelAuthentication
}

/** undici's channel for new requests, with undici's own request object. */
const created = 'undici:request:create'

interface Connecting {
  destroy(error: Error): void
}

interface Created {
  readonly request: object
}

/** undici's default headersTimeout, in milliseconds. */
const undiciHeadersTimeout = 300_000

/** Methods for which undici expects content. After content with another method, undici closes the connection. */
const expectsContent = ['PUT', 'POST', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH']

/** A client whose connections have gates. It announces each request to the gate before undici writes it. */
export class GatedClient extends Client {
  gate: Http1Gate | Http2Gate | null = null
  readonly onResponseEnd: () => void
  readonly #headersTimeout: number
  #connecting: Connecting | null = null
  /** The tunnel authentication of requests that wait for a connection. */
  readonly #waiting = new Set<TunnelAuthentication>()

  /** @param onResponseEnd is called one turn before the client accepts the next request. */
  constructor(origin: URL, options: ClientOptions, onResponseEnd: () => void) {
    const pipelined = (options.pipelining ?? 1) > 1
    // A pool passes its connector on as a function.
    const connect = options.connect as Connector
    super(origin, {
      ...options,
      connect: (given, callback) => {
        let isOver = false
        // A tunnel is made with the authentication of the first request that waits for it.
        const [tunnel] = this.#waiting
        const target = tunnel === undefined ? given : { ...given, [tunnelKey]: tunnel }
        const connecting: unknown = connect(target, (...result) => {
          const [, socket] = result
          isOver = true
          this.#connecting = null
          if (socket) {
            this.gate = isHttp2(socket)
              ? new Http2Gate(socket)
              : new Http1Gate(socket, { pipelined })
          }
          // undici writes the waiting requests inside this call.
          callback(...result)
        })
        // undici's connectors and those of proxies return a destroyable object; others return nothing.
        if (!isOver && isConnecting(connecting)) this.#connecting = connecting
      },
    })
    this.onResponseEnd = onResponseEnd
    this.#headersTimeout = options.headersTimeout ?? undiciHeadersTimeout
  }

  /** Stops connecting when the only request that waits for the connection was aborted. */
  readonly #cancelConnect = (): void => {
    if (this.stats.size === 1) this.#connecting?.destroy(new errors.RequestAbortedError())
  }

  override dispatch(options: TicketedOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { [tunnelKey]: tunnel, ...rest } = options
    if (tunnel === undefined) return this.#dispatch(options, handler)
    this.#waiting.add(tunnel)
    return this.#dispatch(rest, new WaitingHandler(handler, () => this.#waiting.delete(tunnel)))
  }

  #dispatch(options: TicketedOptions, handler: Dispatcher.DispatchHandler): boolean {
    const ticket = options[ticketKey]
    if (ticket === undefined) {
      return super.dispatch(options, new OtherRequestHandler(handler, options, this))
    }
    ticket.onGated(options.headersTimeout ?? this.#headersTimeout, this.#cancelConnect)
    const { body, method } = options
    const headers =
      body === ticket.body ? options.headers : ticket.replaceBody(body, options.headers)
    // For HTTP/2, undici writes the expectation. Over HTTP/1.1 the gate writes it, and calls asks() itself.
    const asks = ticket.asks(true)
    const content = new UploadBody(ticket, this)
    const own: Dispatcher.DispatchOptions = {
      ...options,
      headers: headers ?? null,
      body: content as unknown as Buffer,
      expectContinue: asks,
      // To undici the request has no content, so it would be pipelined behind other requests.
      idempotent: false,
      // undici's timer also runs while content is sent, and would abort a slow upload.
      headersTimeout: 0,
    }
    if (!expectsContent.includes(method)) own.reset ??= true
    const written = new UploadRequestHandler(handler, ticket, content, asks, this)
    if (!chunkSent.hasSubscribers) return super.dispatch(own, written)
    const onCreate = (message: unknown): void => ticket.onCreate((message as Created).request)
    subscribe(created, onCreate)
    try {
      return super.dispatch(own, written)
    } finally {
      unsubscribe(created, onCreate)
    }
  }
}

function isConnecting(value: unknown): value is Connecting {
  return typeof value === 'object' && value !== null && 'destroy' in value
}

function isHttp2(socket: object): boolean {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2'
}
