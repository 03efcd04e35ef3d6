import type { Dispatcher } from 'undici'
import { ticketKey } from '../connection/ticket.ts'
import type { Content } from '../content/content.ts'
import { type Fields, fieldValue, withoutFields } from '../headers.ts'
import {
  defaults,
  type ExpectOptions,
  needsAttempts,
  pickExpectOptions,
  refuseToken,
  settle,
} from '../options/options.ts'
import type { ExpectMode } from '../protocol/decision.ts'
import { sharedMemory } from '../routes/memory.ts'
import { callKey, type ExpectRequest } from './expect-request.ts'
import { dispatchOlder, isOlder } from './older-handler.ts'
import { planOf, requestContent, withoutWish } from './order.ts'
import type { MakeRecovery } from './recourse.ts'
import type { Scope } from './scope.ts'
import { UnderWay } from './under-way.ts'
import { UploadRun } from './upload-run.ts'
import { direct } from './ways.ts'

type Handler = Dispatcher.DispatchHandler

// undici hands handlers no controller when a request fails before it was started.
const controllerless = null as unknown as Dispatcher.DispatchController

/** What can be known of the dispatcher that an interceptor is put before. */
export type Below = Pick<Scope, 'underWay' | 'ways' | 'needsGate' | 'yields' | 'allowH2'>

const unknown = { ways: direct, needsGate: true, yields: false, allowH2: undefined }

/**
 * An interceptor that asks before it sends.
 *
 * @param recovery makes what is done about answers and failures.
 * @param below is what is known of the dispatcher that it is put before.
 */
export function uploadInterceptor(
  options: ExpectOptions,
  recovery: MakeRecovery,
  below: Partial<Below> = {},
): Dispatcher.DispatcherComposeInterceptor {
  refuseToken(options)
  const base = settle(options, { ...defaults, memory: sharedMemory })
  const watched = needsAttempts(base)
  return (dispatch) => {
    const scope = {
      ...unknown,
      underWay: new UnderWay(),
      ...below,
      base,
      watched,
      recovery,
      dispatch,
    }
    return (request, handler) => send(scope, request, handler)
  }
}

function send(scope: Scope, given: ExpectRequest, handler: Handler): boolean {
  if (isOlder(handler)) {
    return dispatchOlder((request, wrapped) => send(scope, request, wrapped), given, handler)
  }
  const { base, dispatch } = scope
  const request = withLastingHeaders(given)
  // Another interceptor of this kind is at work already.
  if (request[ticketKey]?.yields === false) return dispatch(request, handler)
  const wish = wishOf(request.headers)
  const overrides = pickExpectOptions(request)
  const settings = overrides === null ? base : settle(overrides, base)
  const watched = settings === base ? scope.watched : needsAttempts(settings)
  const content = requestContent(request)
  const isEmpty = content === null || content.whole?.length === 0
  if (isEmpty && !watched) return dispatch(withoutWish(request, wish), handler)
  const begin = (known: Content | null): boolean => {
    const plan = planOf({ request, content: known, wish, settings, handler }, scope)
    const run = new UploadRun(plan)
    const call = request[callKey]
    if (call !== undefined) call.controller = run.controller
    return run.start()
  }
  if (content?.lookUp === undefined) return begin(content)
  content
    .lookUp()
    .then(begin)
    .catch((error: Error) => {
      handler.onResponseError?.(controllerless, error)
    })
  return true
}

/** Fields that can be iterated over once are read once, for all who look at them. */
function withLastingHeaders(request: ExpectRequest): ExpectRequest {
  const { headers } = request
  if (!headers || Array.isArray(headers) || !(Symbol.iterator in headers)) return request
  return { ...request, headers: withoutFields(headers) }
}

/** A caller's `Expect` says what the setting would; undici throws on the header. */
function wishOf(headers: Fields): ExpectMode | undefined {
  const value = fieldValue(headers, 'expect')
  if (value === undefined) return undefined
  const text = String(value ?? '').trim()
  if (text === '') return 'never'
  // Any other expectation is left in place, for undici to refuse.
  return text.toLowerCase() === '100-continue' ? 'always' : undefined
}
