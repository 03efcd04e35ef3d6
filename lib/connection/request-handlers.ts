import type { Dispatcher } from 'undici'
import type { ResponseFields } from '../headers.ts'
import type { GatedClient } from './client.ts'
import { ForwardingHandler } from './forwarding-handler.ts'
import { begunBefore, noGate, noProtocol, unprocessed } from './gate-errors.ts'
import type { Http1Gate } from './http1-gate.ts'
import type { Ticket } from './ticket.ts'
import type { UploadBody } from './upload-body.ts'

type Controller = Dispatcher.DispatchController

/** Reports when a request no longer waits for a connection. */
export class WaitingHandler extends ForwardingHandler {
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

class EndObserver extends ForwardingHandler {
  readonly client: GatedClient

  constructor(handler: Dispatcher.DispatchHandler, client: GatedClient) {
    super(handler)
    this.client = client
  }

  override onResponseEnd(controller: Controller, trailers: ResponseFields): void {
    this.client.onResponseEnd()
    super.onResponseEnd(controller, trailers)
  }
}

/** Announces an upload to the gate directly before undici writes its head. */
export class UploadRequestHandler extends EndObserver {
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
    client: GatedClient,
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
    else if (again && this.#ticket.contentBegan) controller.abort(begunBefore())
    else if (gate.isHttp2) gate.announce(this.#ticket, this.#content, this.#asks, controller)
    else if (this.#mustOfferHttp2(gate)) controller.abort(noProtocol)
    else gate.announce(this.#ticket)
  }

  /** Without the expectation, one-shot content would be lost to an origin that speaks only HTTP/2. */
  #mustOfferHttp2(gate: Http1Gate): boolean {
    return gate.choseNone && this.#ticket.options.mayNeedHttp2 && !this.#ticket.asks(false)
  }
}

/** Announces a request that is not an upload to the gate directly before undici writes it. */
export class OtherRequestHandler extends EndObserver {
  readonly #options: Dispatcher.DispatchOptions

  constructor(
    handler: Dispatcher.DispatchHandler,
    options: Dispatcher.DispatchOptions,
    client: GatedClient,
  ) {
    super(handler, client)
    this.#options = options
  }

  override onRequestStart(controller: Controller, context: unknown): void {
    super.onRequestStart(controller, context)
    if (!controller.aborted) this.client.gate?.announceOther(this.#options)
  }
}
