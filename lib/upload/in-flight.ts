import { type Dispatcher, errors } from 'undici/index.js'

type Controller = Dispatcher.DispatchController

/** The uploads in flight, so that closing an agent can wait for them or abort them. */
export class InFlight {
  readonly #controllers = new Set<Controller>()
  #waiting: (() => void)[] = []

  begin(controller: Controller): void {
    this.#controllers.add(controller)
  }

  end(controller: Controller): void {
    this.#controllers.delete(controller)
    if (this.#controllers.size > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  idle(): Promise<void> {
    if (this.#controllers.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  abort(reason: Error | null): void {
    for (const controller of this.#controllers) {
      controller.abort(reason ?? new errors.ClientDestroyedError())
    }
  }
}
