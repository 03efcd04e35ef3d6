import type { Dispatcher } from 'undici'
import { Attempts } from './attempts.ts'
import { wantedOfDispatcher } from './authentication/authenticate.ts'
import type { TicketedOptions } from './connector.ts'
import { type Content, contentOf, noContent, wholeLength } from './content.ts'
import { type Decision, decide, isLeftToUndici } from './decision.ts'
import { UploadError } from './errors.ts'
import { type Fields, fieldValue, withoutFields } from './headers.ts'
import { originOf, pathOf } from './hop.ts'
import { sharedMemory } from './memory.ts'
import {
  defaults,
  type ExpectMode,
  type ExpectOptions,
  expectOptionNames,
  pickExpectOptions,
  type Settings,
  settle,
} from './options.ts'
import type { Upload } from './plan.ts'
import { needsAttempts, recoursesFor } from './recourses.ts'
import { Route } from './route.ts'
import { Source } from './source.ts'
import { ticketKey } from './ticket.ts'
import { UnderWay } from './under-way.ts'
import { refuseUnknown } from './unknown.ts'
import { UploadLog } from './upload-log.ts'
import { Watcher } from './watcher.ts'

type Handler = Dispatcher.DispatchHandler

/** The key under which `fetch` and `upload` hand over what their dispatches share. */
export const callKey: unique symbol = Symbol('expect-continue.call')

/** What the dispatches of one call share: a fetch that follows a redirect makes several. */
export interface Call {
  readonly log: UploadLog
  /** The content; `null` when it is the dispatch's own body. */
  readonly content: Content | null
  /** Made by the first dispatch, for those that come after it. */
  source: Source | null
  /** Called when a dispatch needs the content no longer. */
  onOver(): void
  /** The status that the caller's handler is shown in place of this one, or the error to fail with. */
  shown?: Upload['shown']
}

/** Dispatch options with those of this package. */
export interface ExpectRequest extends TicketedOptions, ExpectOptions {
  [callKey]?: Call
}

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
  return countingInterceptor(options, new UnderWay())
}

/** The same, for an agent that has to know when its uploads have ended. */
export function countingInterceptor(
  options: ExpectOptions,
  underWay: UnderWay,
  keyOf: Scope['keyOf'] = (origin) => origin,
): Dispatcher.DispatcherComposeInterceptor {
  const base = settle(options, { ...defaults, memory: sharedMemory })
  const wanted = wantedOfDispatcher(options.authenticate)
  if (wanted !== null) throw new TypeError(`Option 'authenticate' must be ${wanted}`)
  const watched = needsAttempts(base)
  return (dispatch) => {
    const scope = { base, watched, underWay, keyOf, dispatch }
    return (request, handler) => send(scope, request, handler)
  }
}

/** What all requests through one interceptor share. */
interface Scope {
  readonly base: Settings
  /** Whether requests with those settings are watched, even when they cannot ask. */
  readonly watched: boolean
  readonly underWay: UnderWay
  /** What the route to an origin is remembered by. */
  readonly keyOf: (origin: string) => string
  readonly dispatch: Dispatcher.Dispatch
}

function send(scope: Scope, given: ExpectRequest, handler: Handler): boolean {
  const { base, dispatch, keyOf, underWay } = scope
  const request = withLastingHeaders(given)
  // Another interceptor of this kind is at work already.
  if (request[ticketKey] !== undefined) return dispatch(request, handler)
  const wish = wishOf(request.headers)
  const body: unknown = request.body ?? null
  const overrides = pickExpectOptions(request)
  const settings = overrides === null ? base : settle(overrides, base)
  const watched = settings === base ? scope.watched : needsAttempts(settings)
  if (body === null && !watched) return dispatch(withoutWish(request, wish), handler)
  const call = request[callKey]
  const routeOf = (origin: string): Route => new Route(settings.memory, keyOf(originOf(origin)))
  const choose = (origin: string, length: number | null): Decision => {
    const { facts } = routeOf(origin)
    return decide({ expect: wish ?? settings.expect, settings, length, remembered: facts })
  }
  const origin = String(request.origin)
  const whole = call === undefined ? wholeLength(body) : null
  if (whole !== null && !watched && isLeftToUndici(choose(origin, declared(request, whole)))) {
    const noted = whole > 0 && settings.memory !== false
    const own = noted ? new Watcher(handler, routeOf(origin)) : handler
    return dispatch(withoutWish(request, wish), own)
  }
  const hasContent = body !== null
  const content = hasContent ? (call?.content ?? contentOf(body)) : noContent
  const upload = hasContent ? uploadOf(request, content, settings, call) : withoutContent(call)
  const { length } = upload.source
  const asked = withoutWish(request, wish)
  const headers = hasContent ? headersFor(asked, content, length) : withoutFields(asked.headers)
  const { method } = request
  const path = pathOf(request)
  return new Attempts({
    dispatch,
    request: answeredHere(request, settings),
    hop: { origin, path, method, headers, hasContent },
    handler,
    upload,
    underWay,
    settings,
    routeOf: (hop) => routeOf(hop.origin),
    decide: (hop) => choose(hop.origin, hop.hasContent ? length : 0),
    recourse: recoursesFor(settings, origin, followsMisdirection(call, hasContent)),
    // The platform's fetch, which makes calls, looks at none.
    lends: call !== undefined || handler.onBodySent === undefined,
    whole: content.whole,
  }).start()
}

/** Fetch sends again after a 421, but not content that can be read once. */
function followsMisdirection(call: Call | undefined, hasContent: boolean): boolean {
  const content = call?.content ?? null
  return content !== null && (!hasContent || content.replayable)
}

/** The caller's options for what is below: what is answered here is not answered there again. */
function answeredHere(request: ExpectRequest, settings: Settings): ExpectRequest {
  // undici refuses to hear how many redirects are followed.
  const { query: _query, maxRedirections: _bound, ...rest } = request
  const here = { authenticate: null, redirect: 'manual', retry: 0 } as const
  return needsAttempts(settings) ? { ...rest, ...here } : rest
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

function withoutWish(request: ExpectRequest, wish: ExpectMode | undefined): ExpectRequest {
  if (wish === undefined) return request
  return { ...request, headers: withoutFields(request.headers, 'expect') }
}

/**
 * The declared length: the content's, or the request's own `Content-Length`.
 *
 * @throws UploadError when both are there and differ, before anything is sent.
 */
function declared(request: ExpectRequest, length: number | null): number | null {
  const value = fieldValue(request.headers, 'content-length')
  if (value === undefined) return length
  const stated = Number(value)
  if (length === null || length === stated) return stated
  const code = length < stated ? 'ERR_EXPECT_CONTENT_SHORT' : 'ERR_EXPECT_CONTENT_LONG'
  const message = `The Content-Length is ${stated}, but the content has ${length} bytes; leave the header out`
  throw new UploadError(code, message)
}

function uploadOf(
  request: ExpectRequest,
  content: Content,
  settings: Settings,
  call: Call | undefined,
): Upload {
  const log = call?.log ?? new UploadLog()
  const length = declared(request, content.length)
  const { replayWindow } = settings
  const source = call?.source ?? new Source(content, { length, replayWindow })
  log.total = source.length
  if (call === undefined)
    return { source, log, onOver: () => source.cancel(), shown: (status) => status }
  call.source = source
  const shown: Upload['shown'] = (status, ...rest) => call.shown?.(status, ...rest) ?? status
  return { source, log, onOver: () => call.onOver(), shown }
}

/** A request without content is written down with those of its call, and needs nothing of theirs. */
function withoutContent(call: Call | undefined): Upload {
  const source = new Source(noContent, { length: 0, replayWindow: 0 })
  const shown = (status: number): number => status
  return { source, log: call?.log ?? new UploadLog(), onOver: () => {}, shown }
}

function headersFor(request: ExpectRequest, content: Content, length: number | null): string[] {
  const headers = withoutFields(request.headers, 'content-length')
  if (length !== null) headers.push('content-length', String(length))
  const ownType = typeof request.body === 'string' ? null : content.type
  if (ownType !== null && fieldValue(headers, 'content-type') === undefined) {
    headers.push('content-type', ownType)
  }
  return headers
}
