import { type Dispatcher, Dispatcher1Wrapper } from 'undici/index.js'
import { ForwardingHandler } from '../connection/forwarding-handler.ts'

export function isOlder(handler: object): boolean {
  return 'onConnect' in handler && !('onRequestStart' in handler)
}

/**
 * Dispatches for a handler of the older shape (`onConnect`, `onHeaders`…), which the built-in fetch
 * of Node 22 and 24 uses. undici's wrapper converts the handler and also forbids HTTP/2. Only
 * upgrades need that, so other requests keep their own options.
 */
export function dispatchOlder(
  dispatch: Dispatcher.Dispatch,
  request: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): boolean {
  const target: Pick<Dispatcher, 'dispatch'> = {
    dispatch: (forced, wrapped) => {
      // The wrapper has onBodySent even when the handler has none, and buffers could not be reused.
      if (handler.onBodySent === undefined) Object.assign(wrapped, { onBodySent: undefined })
      return dispatch(request.upgrade ? forced : request, new ForwardingHandler(wrapped))
    },
  }
  return new Dispatcher1Wrapper(target as Dispatcher).dispatch(request, handler)
}
