import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { ResponseFields } from '../headers.ts'

type Controller = Dispatcher.DispatchController

/** Hands everything on to another handler; undici's own of this kind leaves a hook out. */
export class ForwardingHandler implements Dispatcher.DispatchHandler {
  /** Not there where nobody is told of chunks, whose buffers can then be filled again. */
  readonly onBodySent?: (chunk: Buffer) => void
  readonly #handler: Dispatcher.DispatchHandler

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler
    // V8 keeps function literals that are assigned to properties, and what they hold, for long.
    if (handler.onBodySent !== undefined) this.onBodySent = handler.onBodySent.bind(handler)
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context)
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

/**
 * Hands the head of a response on to a handler. undici's wrapper of older handlers takes what
 * they answer to an interim response for a pause. Nothing would end it where the final response
 * has no content, or where nobody reads it: the connection would never be free again.
 */
export function startResponse(
  handler: Dispatcher.DispatchHandler,
  controller: Dispatcher.DispatchController,
  status: number,
  fields: ResponseFields,
  message?: string,
): void {
  handler.onResponseStart?.(controller, status, fields, message)
  if (status < 200) controller.resume()
}
