import type { Dispatcher } from 'undici'
import type { ResponseFields } from './attempt.ts'

/**
 * Hands the head of a response on to a handler. undici's wrapper of older handlers takes what
 * they answer to an interim response for a pause. Nothing would end it where the final response
 * has no content, or where nobody reads it: the connection would never be free again.
 */
export function startResponse(
  handler: Dispatcher.DispatchHandler,
  controller: Dispatcher.DispatchController,
  status: number,
  fields: ResponseFields,
  message?: string,
): void {
  handler.onResponseStart?.(controller, status, fields, message)
  if (status < 200) controller.resume()
}
