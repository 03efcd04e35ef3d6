import type { Dispatcher } from 'undici'
import { ticketKey } from '../connection/ticket.ts'
import { wholeLength } from '../content/content.ts'
import { type Fields, fieldValue, withoutFields } from '../headers.ts'
import {
  defaults,
  type ExpectMode,
  type ExpectOptions,
  expectOptionNames,
  pickExpectOptions,
  settle,
} from '../options.ts'
import { decide, isLeftToUndici } from '../protocol/decision.ts'
import { wantedOfDispatcher } from '../recovery/authentication/authenticate.ts'
import { needsAttempts } from '../recovery/recourses.ts'
import { sharedMemory } from '../routes/memory.ts'
import { refuseUnknown } from '../unknown.ts'
import { Attempts } from './attempts.ts'
import { callKey, type ExpectRequest } from './expect-request.ts'
import { dispatchOlder, isOlder } from './older-handler.ts'
import { declared, planOf, withoutWish } from './order.ts'
import { direct, routeTo, type Scope } from './scope.ts'
import { UnderWay } from './under-way.ts'
import { Watcher } from './watcher.ts'

type Handler = Dispatcher.DispatchHandler

type Below = Pick<Scope, 'underWay' | 'ways' | 'needsGate'>

const unknown = { ways: direct, needsGate: true }

/**
 * An undici interceptor that asks before it sends.
 *
 * ```ts
 * const agent = new Agent({ factory: gatedPool }).compose(expectContinue())
 * ```
 *
 * The connections below it must have gates; `ExpectAgent` has both.
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function expectContinue(
  options: ExpectOptions = {},
): Dispatcher.DispatcherComposeInterceptor {
  refuseUnknown(options, expectOptionNames)
  return countingInterceptor(options)
}

/** The same, for those within the package who know more of what is below. */
export function countingInterceptor(
  options: ExpectOptions,
  below: Partial<Below> = {},
): Dispatcher.DispatcherComposeInterceptor {
  const base = settle(options, { ...defaults, memory: sharedMemory })
  const wanted = wantedOfDispatcher(options.authenticate)
  if (wanted !== null) throw new TypeError(`Option 'authenticate' must be ${wanted}`)
  const watched = needsAttempts(base)
  return (dispatch) => {
    const scope = { ...unknown, underWay: new UnderWay(), ...below, base, watched, dispatch }
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
  if (request[ticketKey] !== undefined) return dispatch(request, handler)
  const wish = wishOf(request.headers)
  const body: unknown = request.body ?? null
  const overrides = pickExpectOptions(request)
  const settings = overrides === null ? base : settle(overrides, base)
  const watched = settings === base ? scope.watched : needsAttempts(settings)
  if (body === null && !watched) return dispatch(withoutWish(request, wish), handler)
  const expect = wish ?? settings.expect
  const origin = String(request.origin)
  const whole = request[callKey] === undefined ? wholeLength(body) : null
  if (whole !== null && !watched) {
    // Most requests come this way, so nothing is made here that is not needed.
    const route = routeTo(origin, settings, scope)
    const length = declared(request, whole)
    if (isLeftToUndici(decide({ expect, settings, length, remembered: route.facts }))) {
      const noted = whole > 0 && settings.memory !== false
      return dispatch(withoutWish(request, wish), noted ? new Watcher(handler, route) : handler)
    }
  }
  return new Attempts(planOf({ request, wish, settings, handler }, scope)).start()
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
