import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { ResponseFields } from '../headers.ts'

type Controller = Dispatcher.DispatchController

/** Forwards every hook to another handler. undici's DecoratorHandler leaves some out. */
export class ForwardingHandler implements Dispatcher.DispatchHandler {
  /** Absent when the handler has none, so that the buffers of chunks can be reused. */
  readonly onBodySent?: (chunk: Buffer) => void
  readonly #handler: Dispatcher.DispatchHandler

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler
    // bind() instead of a closure: V8 keeps closures that are assigned to properties, and what they capture.
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
 * Passes the head of a response to a handler. undici's wrapper of older handlers pauses when they
 * return false for an interim response. If the final response has no content, or is not read, nothing
 * resumes the connection, and it never becomes free.
 */
export function startResponse(
  handler: Dispatcher.DispatchHandler,
  controller: Controller,
  status: number,
  fields: ResponseFields,
  message?: string,
): void {
  handler.onResponseStart?.(controller, status, fields, message)
  if (status < 200) controller.resume()
}

// undici passes no controller when a request fails before it starts.
const noController = null as unknown as Controller

export function failUnstarted(handler: Dispatcher.DispatchHandler, error: Error): void {
  handler.onResponseError?.(noController, error)
}
