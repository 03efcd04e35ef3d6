import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type buildConnector, Client, type Dispatcher, errors } from 'undici/index.js'
import type { ResponseFields } from '../headers.ts'
import type { ClientOptions } from './connector.ts'
import { ForwardingHandler } from './forwarding-handler.ts'
import { begunBefore, noGate, noProtocol, unprocessed } from './gate-errors.ts'
import { Http1Gate } from './http1-gate.ts'
import { Http2Gate } from './http2-gate.ts'
import { type Ticket, ticketKey } from './ticket.ts'
import { type TunnelAuthentication, type TunnelTarget, tunnelKey } from './tunnel.ts'
import { UploadBody } from './upload-body.ts'

type Connector = buildConnector.connector
type Controller = Dispatcher.DispatchController

/** Dispatch options that may carry a ticket, and the answers to a proxy's challenges. */
export interface TicketedOptions extends Dispatcher.DispatchOptions {
  [ticketKey]?: Ticket
  [tunnelKey]?: TunnelAuthentication
}

/** undici's channels for sent chunks and for new requests. Both name undici's own request object. */
const chunkSent = channel('undici:request:bodyChunkSent')
const created = 'undici:request:create'

/** A connection that is being made. */
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

/** Receives events of the requests of a client. */
export interface ClientOwner {
  /** A response is complete. The client accepts the next request in the next turn of the event loop. */
  onResponseEnd(): void
}

/** A client whose connections have gates. It announces each request to the gate before undici writes it. */
export class GatedClient extends Client {
  readonly owner: ClientOwner
  readonly #headersTimeout: number
  #gate: Http1Gate | Http2Gate | null = null
  #connecting: Connecting | null = null
  /** The tunnel authentication of requests that wait for a connection. */
  readonly #waiting = new Set<TunnelAuthentication>()

  constructor(origin: URL, options: ClientOptions, owner: ClientOwner) {
    const pipelined = (options.pipelining ?? 1) > 1
    // A pool passes its connector on as a function.
    const connect = options.connect as Connector
    super(origin, {
      ...options,
      connect: (target, callback) => {
        let isOver = false
        const connecting: unknown = connect(this.#toTunnel(target), (...result) => {
          const [, socket] = result
          isOver = true
          this.#connecting = null
          if (socket) {
            this.#gate = isHttp2(socket)
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
    this.owner = owner
    this.#headersTimeout = options.headersTimeout ?? undiciHeadersTimeout
  }

  /** Adds the tunnel authentication of the first request that waits for the connection. */
  #toTunnel(target: buildConnector.Options): TunnelTarget {
    const [tunnel] = this.#waiting
    return tunnel === undefined ? target : { ...target, [tunnelKey]: tunnel }
  }

  /** The gate of the connection; `null` before there is one. */
  get gate(): Http1Gate | Http2Gate | null {
    return this.#gate
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
      // undici sees no content, and would pipeline the upload behind other requests.
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

/** Reports when a request no longer waits for a connection. */
class WaitingHandler extends ForwardingHandler {
  readonly #done: () => void

  constructor(handler: Dispatcher.DispatchHandler, done: () => void) {
    super(handler)
    this.#done = done
  }

  override onRequestStart(controller: Controller, context: unknown): void {
    this.#done()
    super.onRequestStart(controller, context)
  }

  override onResponseError(controller: Controller, error: Error): void {
    this.#done()
    super.onResponseError(controller, error)
  }
}

/** The client on whose connection a request is written. */
interface GateOwner {
  readonly gate: Http1Gate | Http2Gate | null
  readonly owner: ClientOwner
}

/** Reports the end of each response to the owner of a client. */
class EndObserver extends ForwardingHandler {
  readonly client: GateOwner

  constructor(handler: Dispatcher.DispatchHandler, client: GateOwner) {
    super(handler)
    this.client = client
  }

  override onResponseEnd(controller: Controller, trailers: ResponseFields): void {
    this.client.owner.onResponseEnd()
    super.onResponseEnd(controller, trailers)
  }
}

/** Announces an upload to the gate directly before undici writes its head. */
class UploadRequestHandler extends EndObserver {
  readonly #ticket: Ticket
  readonly #content: UploadBody
  /** Whether undici writes the expectation, as it does over HTTP/2. */
  readonly #asks: boolean
  #started = false

  constructor(
    handler: Dispatcher.DispatchHandler,
    ticket: Ticket,
    content: UploadBody,
    asks: boolean,
    client: GateOwner,
  ) {
    super(handler, client)
    this.#ticket = ticket
    this.#content = content
    this.#asks = asks
  }

  override onRequestStart(controller: Controller, context: unknown): void {
    super.onRequestStart(controller, context)
    // undici does not write a request that was aborted in onRequestStart.
    if (controller.aborted) return
    const { gate } = this.client
    const again = this.#started
    this.#started = true
    if (gate === null) controller.abort(noGate())
    // undici repeats requests by itself in two cases. Over HTTP/2 it does so when the origin did not
    // process the request, which has to be an attempt of its own. Over HTTP/1.1 it does so when a
    // pipelined request behind it is aborted, which closes the connection.
    else if (again && gate.isHttp2) controller.abort(unprocessed())
    else if (again && this.#ticket.begun) controller.abort(begunBefore())
    else if (gate.isHttp2) gate.announce(this.#ticket, this.#content, this.#asks, controller)
    else if (this.#mustOfferHttp2(gate)) controller.abort(noProtocol)
    else gate.announce(this.#ticket)
  }

  /** Without the expectation, one-shot content would be lost to an origin that speaks only HTTP/2. */
  #mustOfferHttp2(gate: Http1Gate): boolean {
    return gate.choseNone && this.#ticket.mayNeedHttp2 && !this.#ticket.asks(false)
  }
}

/** Announces a request that is not an upload to the gate directly before undici writes it. */
class OtherRequestHandler extends EndObserver {
  readonly #options: Dispatcher.DispatchOptions

  constructor(
    handler: Dispatcher.DispatchHandler,
    options: Dispatcher.DispatchOptions,
    client: GateOwner,
  ) {
    super(handler, client)
    this.#options = options
  }

  override onRequestStart(controller: Controller, context: unknown): void {
    super.onRequestStart(controller, context)
    if (!controller.aborted) this.client.gate?.announceOther(this.#options)
  }
}

function isConnecting(value: unknown): value is Connecting {
  return typeof value === 'object' && value !== null && 'destroy' in value
}

function isHttp2(socket: object): boolean {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2'
}
