import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { constants } from 'node:http2'
import { type buildConnector, Client, type Dispatcher, errors } from '#undici'
import { UploadError } from '../errors.ts'
import type { ResponseFields } from '../headers.ts'
import type { ClientOptions } from './connector.ts'
import { ForwardingHandler } from './forwarding-handler.ts'
import { Http1Gate } from './http1-gate.ts'
import { Http2Gate } from './http2-gate.ts'
import { type Ticket, ticketKey } from './ticket.ts'
import { type TunnelAuthentication, type TunnelTarget, tunnelKey } from './tunnel.ts'
import { UploadBody } from './upload-body.ts'

type Connector = buildConnector.connector
type Controller = Dispatcher.DispatchController

/** Dispatch options that may carry a ticket, and what a proxy is answered. */
export interface TicketedOptions extends Dispatcher.DispatchOptions {
  [ticketKey]?: Ticket
  [tunnelKey]?: TunnelAuthentication
}

/** undici's channels for chunks that were sent, which names undici's own request, and for that request. */
const chunkSent = channel('undici:request:bodyChunkSent')
const created = 'undici:request:create'

/** A connection that is being made. */
interface Connecting {
  destroy(error: Error): void
}

interface Created {
  readonly request: object
}

/** The origin chose no protocol of a handshake that offered HTTP/1.1 alone. */
export const noProtocol: Error = new errors.InformationalError('The origin chose no protocol')

/** What undici uses where nobody says otherwise. */
const undiciHeadersTimeout = 300_000

/** Methods whose content undici expects; after any other it closes the connection. */
const expectsContent = ['PUT', 'POST', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH']

/** Told what the requests of a client do. */
export interface ClientOwner {
  /** A response is complete. The client takes the next request in the next turn of the event loop. */
  onResponseEnd(): void
}

/** A client whose connections have gates, and are told whose request comes next. */
export class GatedClient extends Client {
  readonly owner: ClientOwner
  readonly #headersTimeout: number
  #gate: Http1Gate | Http2Gate | null = null
  #connecting: Connecting | null = null
  /** Requests that wait for a connection, and have something to say to a proxy that makes a tunnel. */
  readonly #waiting = new Set<TunnelAuthentication>()

  constructor(origin: URL, options: ClientOptions, owner: ClientOwner) {
    const pipelined = (options.pipelining ?? 1) > 1
    // A pool hands on the function that it was given.
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
          // undici writes the requests that wait in here.
          callback(...result)
        })
        // undici's connectors and those through proxies answer what can be destroyed; others nothing.
        if (!isOver && isConnecting(connecting)) this.#connecting = connecting
      },
    })
    this.owner = owner
    this.#headersTimeout = options.headersTimeout ?? undiciHeadersTimeout
  }

  /** A connection is made for the requests that wait for it, of which the first says who is asking. */
  #toTunnel(target: buildConnector.Options): TunnelTarget {
    const [tunnel] = this.#waiting
    return tunnel === undefined ? target : { ...target, [tunnelKey]: tunnel }
  }

  /** The gate of the connection; `null` before there is one. */
  get gate(): Http1Gate | Http2Gate | null {
    return this.#gate
  }

  /** Ends a connection that is being made for one request alone, which was given up. */
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
    // Over HTTP/1.1 the gate puts the expectation in, and asks by itself.
    const asks = ticket.asks(true)
    const content = new UploadBody(ticket, this)
    const own: Dispatcher.DispatchOptions = {
      ...options,
      headers: headers ?? null,
      body: content as unknown as Buffer,
      expectContinue: asks,
      // undici sees no content, and would write the upload behind other requests.
      idempotent: false,
      // undici's timer runs while content is sent, and cuts an upload that moves slowly.
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

/** Says when a request waits for a connection no more. */
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

/** Tells the owner of a client of the end of each response. */
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

/** Tells the gate when an upload is the next request to be written; undici writes its head thereafter. */
class UploadRequestHandler extends EndObserver {
  readonly #ticket: Ticket
  readonly #content: UploadBody
  /** Whether undici puts the expectation in, as it does over HTTP/2. */
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
    // A request that is given up here never gets to the connection.
    if (controller.aborted) return
    const { gate } = this.client
    const again = this.#started
    this.#started = true
    if (gate === null) controller.abort(noGate())
    // undici sends a request again by itself: over HTTP/2 where the origin said that nothing was done
    // about it, which is an attempt of its own, and over HTTP/1.1 when a pipelined request behind it is
    // given up, which closes the connection.
    else if (again && gate.isHttp2) controller.abort(unprocessed())
    else if (again && this.#ticket.begun) controller.abort(begunBefore())
    else if (gate.isHttp2) gate.announce(this.#ticket, this.#content, this.#asks, controller)
    else if (this.#mustOfferHttp2(gate)) controller.abort(noProtocol)
    else gate.announce(this.#ticket)
  }

  /** Content that nobody was asked about is lost to an origin that speaks HTTP/2 alone. */
  #mustOfferHttp2(gate: Http1Gate): boolean {
    return gate.choseNone && this.#ticket.mayNeedHttp2 && !this.#ticket.asks(false)
  }
}

/** Tells the gate when a request that is not an upload is the next to be written. */
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

function unprocessed(): Error {
  const error = new errors.InformationalError('HTTP/2: the origin did not process the request')
  return Object.assign(error, { http2ErrorCode: constants.NGHTTP2_REFUSED_STREAM })
}

function begunBefore(): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    'The connection was closed because of another request on it, after content had been sent; set pipelining to 1',
  )
}

function noGate(): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    'undici wrote the upload to a connection that it did not make through the connector of its pool; this version of undici does not work with this package',
  )
}
