import { type Dispatcher, errors } from 'undici'
import { ForwardingHandler } from '../connection/forwarding-handler.ts'

type Controller = Dispatcher.DispatchController

/** Bytes of content that may come after a response was left, before its connection is given up. */
const most = 131_072

/**
 * A handler whose user may turn away in the middle of a response: the platform's fetch goes on
 * at the head of a redirect, and never reads the content. It would stay paused for ever, once it
 * is more than the fetch takes in, and its connection would never be free again.
 */
export class Leavable extends ForwardingHandler {
  #controller: Controller | null = null
  #left = false
  #bytes = 0

  /** Nobody waits for this response any more; what is yet to come of it is let pass. */
  leave(): void {
    this.#left = true
    this.#controller?.resume()
  }

  override onRequestStart(controller: Controller, context: unknown): void {
    this.#controller = controller
    super.onRequestStart(controller, context)
  }

  override onResponseData(controller: Controller, chunk: Buffer): void {
    if (!this.#left) {
      super.onResponseData(controller, chunk)
      return
    }
    this.#bytes += chunk.length
    if (this.#bytes > most) controller.abort(new errors.RequestAbortedError('Nobody reads it'))
  }

  /** The platform's fetch would fail with it, in the middle of what it does instead. */
  override onResponseError(controller: Controller, error: Error): void {
    if (!this.#left) super.onResponseError(controller, error)
  }
}
