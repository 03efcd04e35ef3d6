import type { Dispatcher } from 'undici'

type Controller = Dispatcher.DispatchController

/** A handler that writes down, as text and in order, what it was told. */
export class RecordingHandler implements Dispatcher.DispatchHandler {
  readonly events: string[] = []
  /** Each controller it was given, once. */
  readonly controllers = new Set<Controller>()
  readonly errors: Error[] = []
  /** Resolves when the request has ended, one way or the other. */
  readonly ended: Promise<void>
  readonly #onStart: (controller: Controller) => void
  #end: () => void = () => {}

  /** @param onStart gets the controller when the request starts. */
  constructor(onStart: (controller: Controller) => void = () => {}) {
    this.#onStart = onStart
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  onRequestStart(controller: Controller): void {
    this.controllers.add(controller)
    this.events.push('start')
    this.#onStart(controller)
  }

  onResponseStart(controller: Controller, status: number): void {
    this.controllers.add(controller)
    this.events.push(`status ${status}`)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.controllers.add(controller)
    this.events.push(`data ${chunk}`)
  }

  onResponseEnd(controller: Controller): void {
    this.controllers.add(controller)
    this.events.push('end')
    this.#end()
  }

  onResponseError(controller: Controller, error: Error): void {
    this.controllers.add(controller)
    this.events.push('error')
    this.errors.push(error)
    this.#end()
  }
}
