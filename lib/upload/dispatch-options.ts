import { ticketKey } from '../connection/ticket.ts'
import { tunnelKey } from '../connection/tunnel.ts'
import type { Attempt } from './attempt.ts'
import { attemptKey, callKey, type ExpectDispatchOptions } from './expect-request.ts'
import type { HttpRequest } from './http-request.ts'
import type { UploadRun } from './upload-run.ts'

/** undici's options for the dispatch of an attempt: the caller's, with the attempt's own request. */
export function dispatchOptions(
  { uploadContext, requestState }: UploadRun,
  attempt: Attempt,
  httpRequest: HttpRequest,
): ExpectDispatchOptions {
  const { request, settings, interceptorContext, log, inContext } = uploadContext
  const { allowH2 } = requestState
  const { origin, path, method, headers } = httpRequest
  const { body } = attempt
  const options: ExpectDispatchOptions = {
    ...request,
    origin,
    path,
    method,
    headers,
    body: body as null,
  }
  options[attemptKey] = attempt.log
  if (allowH2 !== undefined) options.allowH2 = allowH2
  // An interceptor below would read the whole content from the call instead of the part.
  if (httpRequest.part !== undefined) delete options[callKey]
  const { headers: headersTimeout, body: bodyTimeout } = settings.timeouts
  // Without a gate, undici's own timers apply.
  if (headersTimeout !== undefined) options.headersTimeout = headersTimeout
  if (bodyTimeout !== undefined) options.bodyTimeout = bodyTimeout
  if (body !== null) options[ticketKey] = attempt
  const { routing, recovery } = interceptorContext
  if (settings.authenticate !== null && routing.tunnels(origin)) {
    const tunnel = recovery.tunnel(settings.authenticate, log.attempts.length, inContext)
    if (tunnel !== null) options[tunnelKey] = tunnel
  }
  return options
}
