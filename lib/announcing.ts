import type { Dispatcher } from 'undici'
import { ForwardingHandler } from './forwarding-handler.ts'

type Controller = Dispatcher.DispatchController

/**
 * Passes everything on to a handler, and tells when its request is the next to be written:
 * undici calls onRequestStart on the connection's turn, and writes the head thereafter.
 */
export class Announcing extends ForwardingHandler {
  readonly #announce: (controller: Controller) => void

  constructor(handler: Dispatcher.DispatchHandler, announce: (controller: Controller) => void) {
    super(handler)
    this.#announce = announce
  }

  override onRequestStart(controller: Controller, context: unknown): void {
    super.onRequestStart(controller, context)
    // A request that is given up here never gets to the connection.
    if (!controller.aborted) this.#announce(controller)
  }
}
