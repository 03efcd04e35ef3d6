import type { Dispatcher } from 'undici'
import type { Route } from '../routes/route.ts'
import type { ResponseFields } from './attempt.ts'
import { ForwardingHandler } from './forwarding-handler.ts'

/** Notes what the route answered to an upload that nobody runs attempts for. */
export class Watcher extends ForwardingHandler {
  readonly #route: Route

  constructor(handler: Dispatcher.DispatchHandler, route: Route) {
    super(handler)
    this.#route = route
  }

  override onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    fields: ResponseFields,
    message?: string,
  ): void {
    if (status >= 200) this.#route.answered(status, false)
    super.onResponseStart(controller, status, fields, message)
  }
}
