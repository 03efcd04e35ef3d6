import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { ResponseFields } from './attempt.ts'
import { startResponse } from './response-start.ts'

type Controller = Dispatcher.DispatchController

/** Hands everything on to another handler; undici's own of this kind leaves a hook out. */
export class ForwardingHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler
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

  onRequestUpgrade(
    controller: Controller,
    status: number,
    fields: ResponseFields,
    socket: Duplex,
  ): void {
    this.#handler.onRequestUpgrade?.(controller, status, fields, socket)
  }

  onResponseStart(
    controller: Controller,
    status: number,
    fields: ResponseFields,
    message?: string,
  ): void {
    startResponse(this.#handler, controller, status, fields, message)
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
}
