import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'

type Controller = Dispatcher.DispatchController
type Handler = Dispatcher.DispatchHandler
type Fields = Parameters<NonNullable<Handler['onResponseStart']>>[2]

/**
 * Passes everything on to a handler, and tells when its request is the next to be written:
 * undici calls onRequestStart on the connection's turn, and writes the head thereafter.
 */
export class Announcing implements Handler {
  readonly #handler: Handler
  readonly #announce: (controller: Controller) => void

  constructor(handler: Handler, announce: (controller: Controller) => void) {
    this.#handler = handler
    this.#announce = announce
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context)
    // A request that is given up here never gets to the connection.
    if (!controller.aborted) this.#announce(controller)
  }

  onBodySent(chunk: Buffer): void {
    this.#handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.()
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.()
  }

  onRequestUpgrade(controller: Controller, status: number, fields: Fields, socket: Duplex): void {
    this.#handler.onRequestUpgrade?.(controller, status, fields, socket)
  }

  onResponseStart(controller: Controller, status: number, fields: Fields, text?: string): void {
    this.#handler.onResponseStart?.(controller, status, fields, text)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk)
  }

  onResponseEnd(controller: Controller, trailers: Fields): void {
    this.#handler.onResponseEnd?.(controller, trailers)
  }

  onResponseError(controller: Controller, error: Error): void {
    this.#handler.onResponseError?.(controller, error)
  }
}
