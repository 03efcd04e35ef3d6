import type { Dispatcher } from 'undici'
import type { ExpectOptions } from '../options/options.ts'
import { keepFailure, keepReport } from '../report/reported.ts'
import { type Call, callKey, type ExpectDispatchOptions } from '../upload/expect-request.ts'
import { dispatchOlder } from '../upload/older-handler.ts'
import { askingDispatch } from './asking-dispatch.ts'
import type { CallSettings } from './send.ts'

/** The first argument of the platform's fetch. */
export type FetchInput = Parameters<typeof globalThis.fetch>[0]

/** The platform's fetch, read at load time, because `install()` replaces the global one. */
export const platformFetch: typeof globalThis.fetch = globalThis.fetch

/**
 * A fetch without content, made by the platform's fetch. If that takes a dispatcher, its requests
 * have the options of the call.
 */
export async function fetchWithoutContent(
  input: FetchInput,
  init: RequestInit,
  settings: CallSettings,
): Promise<Response> {
  const dispatcher = new OptionsDispatcher(settings)
  try {
    const response = await platformFetch(input, { ...init, dispatcher } as unknown as RequestInit)
    keepReport(response, settings.log)
    return response
  } catch (error) {
    keepFailure(error, settings.log)
    throw error
  }
}

/** Adds the options of a call to the requests of the platform's fetch. */
class OptionsDispatcher {
  readonly #dispatch: Dispatcher.Dispatch
  readonly #options: ExpectOptions
  readonly #call: Call

  constructor({ dispatcher, options, log }: CallSettings) {
    this.#dispatch = askingDispatch(dispatcher)
    this.#options = { ...options, redirect: 'manual' }
    this.#call = { log, content: null, controller: null }
  }

  /** Takes handlers of both shapes: that of undici 8 and the older one. */
  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!('onRequestStart' in handler)) {
      return dispatchOlder((own, wrapped) => this.dispatch(own, wrapped), request, handler)
    }
    // fetch follows redirects itself, and `redirect: 'manual'` is set above.
    const { maxRedirections: _none, ...rest }: ExpectDispatchOptions = request
    const own: ExpectDispatchOptions = { ...rest, ...this.#options, [callKey]: this.#call }
    return this.#dispatch(own, handler)
  }
}
