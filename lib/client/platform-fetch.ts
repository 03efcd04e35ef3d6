import type { Dispatcher } from 'undici'
import { keepFailure, keepReport } from '../report/reported.ts'
import { type Call, callKey, type ExpectDispatchOptions } from '../upload/expect-request.ts'
import { dispatchOlder, isOlder } from '../upload/older-handler.ts'
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
  const dispatcher = { dispatch: optionsDispatch(settings) }
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
function optionsDispatch({ dispatcher, options, log }: CallSettings): Dispatcher.Dispatch {
  const dispatchAsking = askingDispatch(dispatcher)
  const call: Call = { log, content: null, controller: null }
  const dispatch: Dispatcher.Dispatch = (request, handler) => {
    // The caller's interceptors take no handlers of the older shape.
    if (isOlder(handler)) return dispatchOlder(dispatch, request, handler)
    // fetch follows redirects itself.
    const { maxRedirections: _none, ...rest }: ExpectDispatchOptions = request
    const own: ExpectDispatchOptions = { ...rest, ...options, redirect: 'manual', [callKey]: call }
    return dispatchAsking(own, handler)
  }
  return dispatch
}
