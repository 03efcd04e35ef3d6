import type { Dispatcher } from 'undici'
import { ForwardingHandler } from '../upload/forwarding-handler.ts'
import type { NextRequest } from './line.ts'

type Controller = Dispatcher.DispatchController

/** A client that has to know whose request comes next. */
export interface Announcer {
  /** @param next is `null` for a request that has no ticket. */
  announce(next: NextRequest | null, controller: Controller): void
}

/**
 * Passes everything on to a handler, and tells when its request is the next to be written:
 * undici calls onRequestStart on the connection's turn, and writes the head thereafter.
 */
export class Announcing extends ForwardingHandler {
  readonly #announcer: Announcer
  readonly #next: NextRequest | null

  constructor(handler: Dispatcher.DispatchHandler, announcer: Announcer, next: NextRequest | null) {
    super(handler)
    this.#announcer = announcer
    this.#next = next
  }

  override onRequestStart(controller: Controller, context: unknown): void {
    super.onRequestStart(controller, context)
    // A request that is given up here never gets to the connection.
    if (!controller.aborted) this.#announcer.announce(this.#next, controller)
  }
}
