import { type Dispatcher, Dispatcher1Wrapper } from '#undici'
import { ForwardingHandler } from '../connection/forwarding-handler.ts'

/** Whether a handler has the older shape. */
export function isOlder(handler: object): boolean {
  return 'onConnect' in handler && !('onRequestStart' in handler)
}

/**
 * Dispatches for a handler of the older shape (`onConnect`, `onHeaders`…), as the built-in
 * fetch of Node 22 and 24 has it. undici's wrapper converts the handler, and forbids HTTP/2
 * to all such requests; only upgrades need that, so others keep what they came with.
 */
export function dispatchOlder(
  dispatch: Dispatcher.Dispatch,
  request: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): boolean {
  const target: Pick<Dispatcher, 'dispatch'> = {
    dispatch: (forced, wrapped) => {
      // The wrapper hears of chunks even if the handler does not.
      if (handler.onBodySent === undefined) Object.assign(wrapped, { onBodySent: undefined })
      return dispatch(request.upgrade ? forced : request, new ForwardingHandler(wrapped))
    },
  }
  return new Dispatcher1Wrapper(target as Dispatcher).dispatch(request, handler)
}
