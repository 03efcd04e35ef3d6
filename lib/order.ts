import type { Dispatcher } from 'undici'
import { type Content, contentOf, noContent } from './content.ts'
import { type Decision, decide } from './decision.ts'
import { UploadError } from './errors.ts'
import { type Call, callKey, type ExpectRequest } from './expect-request.ts'
import { fieldValue, withoutFields } from './headers.ts'
import { originOf, pathOf } from './hop.ts'
import type { ExpectMode, Settings } from './options.ts'
import type { Plan, Upload } from './plan.ts'
import { needsAttempts, recoursesFor } from './recourses.ts'
import { Route } from './route.ts'
import { Source } from './source.ts'
import type { UnderWay } from './under-way.ts'
import { UploadLog } from './upload-log.ts'

/** What all requests through one interceptor share. */
export interface Scope {
  readonly base: Settings
  /** Whether requests with those settings are watched, even when they cannot ask. */
  readonly watched: boolean
  readonly underWay: UnderWay
  /** What the route to an origin is remembered by. */
  readonly keyOf: (origin: string) => string
  readonly dispatch: Dispatcher.Dispatch
}

/** One request that came to an interceptor, and how it is to be sent. */
export interface Order {
  readonly request: ExpectRequest
  /** What the request's own `Expect` says. */
  readonly wish: ExpectMode | undefined
  readonly settings: Settings
  readonly handler: Dispatcher.DispatchHandler
}

/**
 * All that its attempts need.
 *
 * @throws TypeError when the body is nothing that can be sent.
 * @throws UploadError when it has not the declared length.
 */
export function planOf({ request, wish, settings, handler }: Order, scope: Scope): Plan {
  const call = request[callKey]
  const body: unknown = request.body ?? null
  const hasContent = body !== null
  const content = hasContent ? (call?.content ?? contentOf(body)) : noContent
  const upload = hasContent ? uploadOf(request, content, settings, call) : withoutContent(call)
  const { length } = upload.source
  const asked = withoutWish(request, wish)
  const headers = hasContent ? headersFor(asked, content, length) : withoutFields(asked.headers)
  const origin = String(request.origin)
  const { method } = request
  const routeOf = (to: string): Route => routeTo(to, settings, scope)
  const choose = (to: string, bytes: number | null): Decision => {
    const { facts } = routeOf(to)
    return decide({ expect: wish ?? settings.expect, settings, length: bytes, remembered: facts })
  }
  return {
    dispatch: scope.dispatch,
    request: answeredHere(request, settings),
    hop: { origin, path: pathOf(request), method, headers, hasContent },
    handler,
    upload,
    underWay: scope.underWay,
    settings,
    routeOf: (hop) => routeOf(hop.origin),
    decide: (hop) => choose(hop.origin, hop.hasContent ? length : 0),
    recourse: recoursesFor(settings, origin, followsMisdirection(call, hasContent)),
    lends: handler.onBodySent === undefined,
    whole: content.whole,
  }
}

/** What is known of the route to an origin. */
export function routeTo(origin: string, { memory }: Settings, { keyOf }: Scope): Route {
  return new Route(memory, keyOf(originOf(origin)))
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

/** The same request without an `Expect` of the caller's, on which undici throws. */
export function withoutWish(request: ExpectRequest, wish: ExpectMode | undefined): ExpectRequest {
  if (wish === undefined) return request
  return { ...request, headers: withoutFields(request.headers, 'expect') }
}

/**
 * The declared length: the content's, or the request's own `Content-Length`.
 *
 * @throws UploadError when both are there and differ, before anything is sent.
 */
export function declared(request: ExpectRequest, length: number | null): number | null {
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
  const { turn } = call
  const onOver = (): void => {
    if (turn === call.turn) call.onOver()
  }
  const shown: Upload['shown'] = (status, ...rest) => call.shown?.(status, ...rest) ?? status
  return { source, log, onOver, shown }
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
