import type { Dispatcher } from 'undici'

type Controller = Dispatcher.DispatchController

/** A handler that records its calls as text. */
export class RecordingHandler implements Dispatcher.DispatchHandler {
  readonly events: string[] = []
  /** The distinct controllers that it got. */
  readonly controllers = new Set<Controller>()
  readonly errors: Error[] = []
  /** Resolves when the request has completed or failed. */
  readonly ended: Promise<void>
  readonly #onStart: (controller: Controller) => void
  #end: () => void = () => {}

  /** @param onStart called with the controller when the request starts. */
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
