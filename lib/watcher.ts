import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { ResponseFields } from './attempt.ts'
import type { Route } from './route.ts'

type Controller = Dispatcher.DispatchController
type Handler = Dispatcher.DispatchHandler

/** Hands all on to the caller's handler, and notes what the route answered to an upload that nobody runs attempts for. */
export class Watcher implements Handler {
  readonly #handler: Handler
  readonly #route: Route

  constructor(handler: Handler, route: Route) {
    this.#handler = handler
    this.#route = route
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context)
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

  onResponseStart(
    controller: Controller,
    status: number,
    fields: ResponseFields,
    message?: string,
  ): void {
    if (status >= 200) this.#route.answered(status, false)
    this.#handler.onResponseStart?.(controller, status, fields, message)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk)
  }

  onResponseEnd(controller: Controller, trailers: ResponseFields): void {
    this.#handler.onResponseEnd?.(controller, trailers)
  }

  onResponseError(controller: Controller, error: Error): void {
    this.#handler.onResponseError?.(controller, error)
  }

  onRequestUpgrade(
    controller: Controller,
    status: number,
    fields: ResponseFields,
    socket: Duplex,
  ): void {
    this.#handler.onRequestUpgrade?.(controller, status, fields, socket)
  }
}
