import { type Dispatcher, errors } from 'undici/index.js'
import { failUnstarted } from '../connection/forwarding-handler.ts'
import { ticketKey } from '../connection/ticket.ts'
import type { Content } from '../content/content.ts'
import { type Fields, fieldValue, withoutFields } from '../headers.ts'
import type { ExpectOptions } from '../options/options.ts'
import {
  defaults,
  mergeOptions,
  needsAttempts,
  pickExpectOptions,
  refuseToken,
  type Settings,
} from '../options/settings.ts'
import type { ExpectMode } from '../protocol/decision.ts'
import { sharedMemory } from '../routes/memory.ts'
import { callKey, type ExpectDispatchOptions } from './expect-request.ts'
import { InFlight } from './in-flight.ts'
import { requestContent, withoutExpectHeader } from './intercepted-request.ts'
import { dispatchOlder, isOlder } from './older-handler.ts'
import { direct, type ProxyRouting } from './proxy-routing.ts'
import type { MakeRecovery } from './recovery-step.ts'
import { UploadContext } from './upload-context.ts'
import { UploadRun } from './upload-run.ts'

type Handler = Dispatcher.DispatchHandler

interface DispatcherBelow {
  readonly inFlight: InFlight
  readonly routing: ProxyRouting
  /** Whether a connection without a gate is an error. Otherwise content is sent without the expectation. */
  readonly needsGate: boolean
  /** Whether another interceptor of this package below replaces the attempts of this one. */
  readonly isReplaced: boolean
  /** The agent's own option: `false` forbids HTTP/2, `true` leaves the choice to the origin. */
  readonly allowH2: boolean | undefined
}

/** What all requests of one interceptor share. */
export interface InterceptorContext extends DispatcherBelow {
  readonly base: Settings
  /** Whether requests with the base settings need attempts even without content, for retries or redirects. */
  readonly baseNeedsAttempts: boolean
  readonly recovery: MakeRecovery
  readonly dispatch: Dispatcher.Dispatch
}

const belowDefaults = { routing: direct, needsGate: true, isReplaced: false, allowH2: undefined }

/** Makes the interceptor that sends the expectation before the content. */
export function uploadInterceptor(
  options: ExpectOptions,
  recovery: MakeRecovery,
  below: Partial<DispatcherBelow> = {},
): Dispatcher.DispatcherComposeInterceptor {
  refuseToken(options)
  const base = mergeOptions(options, { ...defaults, memory: sharedMemory })
  const baseNeedsAttempts = needsAttempts(base)
  return (dispatch) => {
    const interceptorContext = {
      ...belowDefaults,
      inFlight: new InFlight(),
      ...below,
      base,
      baseNeedsAttempts,
      recovery,
      dispatch,
    }
    return (request, handler) => send(interceptorContext, request, handler)
  }
}

function send(
  interceptorContext: InterceptorContext,
  given: ExpectDispatchOptions,
  handler: Handler,
): boolean {
  if (isOlder(handler)) {
    return dispatchOlder(
      (request, wrapped) => send(interceptorContext, request, wrapped),
      given,
      handler,
    )
  }
  refuseUpgrade(given, handler)
  const { base, dispatch } = interceptorContext
  const request = withLastingHeaders(given)
  // Another interceptor of this package above runs this upload.
  if (request[ticketKey]?.options.isReplaced === false) return dispatch(request, handler)
  const expectHeader = expectHeaderOf(request.headers)
  const overrides = pickExpectOptions(request)
  const settings = overrides === null ? base : mergeOptions(overrides, base)
  const needed = settings === base ? interceptorContext.baseNeedsAttempts : needsAttempts(settings)
  const content = requestContent(request)
  const isEmpty = content === null || content.buffered?.length === 0
  // A call of upload or fetch follows redirects and aborts through its run, also when there is nothing to send.
  const isCall = (request[callKey]?.content ?? null) !== null
  if (isEmpty && !needed && !isCall)
    return dispatch(withoutExpectHeader(request, expectHeader), handler)
  const begin = (known: Content | null): boolean => {
    const intercepted = { request, content: known, expectHeader, settings, handler }
    const run = new UploadRun(new UploadContext(intercepted, interceptorContext))
    const call = request[callKey]
    if (call !== undefined) call.controller = run.controller
    return run.start()
  }
  if (content?.lookUp === undefined) return begin(content)
  content
    .lookUp()
    .then(begin)
    .catch((error: Error) => failUnstarted(handler, error))
  return true
}

/**
 * undici makes this check too, but sees only handlers of this package, which have every method.
 *
 * @throws InvalidArgumentError if the handler could not be given the socket of an upgrade.
 */
function refuseUpgrade({ upgrade, method }: ExpectDispatchOptions, handler: Handler): void {
  if ((!upgrade && method !== 'CONNECT') || handler.onRequestUpgrade !== undefined) return
  throw new errors.InvalidArgumentError('invalid onRequestUpgrade method')
}

/** Copies header fields from an iterable, which may be readable only once. */
function withLastingHeaders(request: ExpectDispatchOptions): ExpectDispatchOptions {
  const { headers } = request
  if (!headers || Array.isArray(headers) || !(Symbol.iterator in Object(headers))) return request
  return { ...request, headers: withoutFields(headers) }
}

/** Converts the caller's `Expect` header to a mode, because undici throws on the header. */
function expectHeaderOf(headers: Fields): ExpectMode | undefined {
  const value = fieldValue(headers, 'expect')
  if (value === undefined) return undefined
  const text = String(value ?? '').trim()
  if (text === '') return 'never'
  // Another expectation stays in the headers, and undici throws on it.
  return text.toLowerCase() === '100-continue' ? 'always' : undefined
}
