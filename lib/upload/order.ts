import { AsyncResource } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import type { Dispatcher } from 'undici'
import { ticketKey } from '../connection/ticket.ts'
import { type Content, contentOf } from '../content/content.ts'
import { type InContext, UploadContent } from '../content/upload-content.ts'
import { type Fields, fieldValue, withoutFields } from '../headers.ts'
import { needsAttempts, type Settings } from '../options/options.ts'
import type { ExpectMode } from '../protocol/decision.ts'
import { UploadLog } from '../report/upload-log.ts'
import { refuseLength, statedLength } from './content-length.ts'
import { attemptKey, callKey, type ExpectRequest } from './expect-request.ts'
import { type Hop, originOf, pathOf } from './hop.ts'
import { Plan } from './plan.ts'
import type { Scope } from './scope.ts'

/** One request that came to an interceptor, and how it is to be sent. */
export interface Order {
  readonly request: ExpectRequest
  /** `null` where there is none. */
  readonly content: Content | null
  /** What the request's own `Expect` says. */
  readonly wish: ExpectMode | undefined
  readonly settings: Settings
  readonly handler: Dispatcher.DispatchHandler
}

/** Listeners of this channel may keep the chunks that they are told of. */
const chunkSent = channel('undici:request:bodyChunkSent')

/**
 * What a request sends.
 *
 * @throws TypeError when the body is nothing that can be sent.
 */
export function requestContent(request: ExpectRequest): Content | null {
  const body: unknown = request.body ?? null
  if (body === null) return null
  const outer = request[ticketKey]
  // An interceptor in between may have put another body in the place of the content.
  if (outer !== undefined && outer.body !== body) return contentOf(body)
  return request[callKey]?.content ?? contentOf(body)
}

/**
 * All that its attempts need.
 *
 * @throws UploadError when the content has not the declared length.
 */
export function planOf(order: Order, scope: Scope): Plan {
  const { request, content, wish, settings, handler } = order
  const call = request[callKey]
  const outer = request[ticketKey]
  const stated = outer?.lengthStated === false ? null : statedLength(request.headers)
  const length = stated ?? content?.length ?? null
  if (content !== null) refuseLength(content.length, stated)
  const log = call?.log ?? new UploadLog()
  // An interceptor above this one has an attempt of its own for what is one here.
  const above = request[attemptKey]
  if (above !== undefined) log.drop(above)
  log.total = content === null ? null : length
  const inContext = thisContext()
  const asked = withoutWish(request, wish)
  const hop: Hop = {
    origin: originOf(String(request.origin)),
    path: pathOf(request),
    method: request.method,
    headers: content === null ? withoutFields(asked.headers) : headersFor(asked, content, length),
    hasContent: content !== null,
  }
  const invitation = scope.recovery.invitation(settings, hop, length, outer?.invites === true)
  const plan = new Plan({
    scope,
    request: scope.yields ? withoutBounds(asked) : answeredHere(asked, settings),
    hop: invitation ?? hop,
    handler,
    log,
    settings,
    expect: wish ?? settings.expect,
    steps: call?.steps ?? [],
    whole: content?.whole ?? null,
    lengthStated: stated !== null,
    inContext,
    keepsUntouched: (status) => isRedirection(status) || (call?.keepsUntouched?.(status) ?? false),
    mapStatus: (status) => call?.mapStatus?.(status) ?? status,
  })
  if (content !== null) {
    const { replayWindow } = settings
    const lends = handler.onBodySent === undefined && !chunkSent.hasSubscribers
    const slides = invitation !== null
    const reading = { length, replayWindow, slides, lends, inContext }
    plan.content = new UploadContent(content, reading, (error) => plan.onBroken(error))
    if (invitation !== null) {
      const { allowInsecureRedirect, resume } = settings
      const known = { hop, content: plan.content, revision: content.revision, log }
      const options = typeof resume === 'object' ? resume : {}
      plan.resumption = scope.recovery.resumption(options, { ...known, allowInsecureRedirect })
    }
  }
  return plan
}

/** Runs functions in the async context of now, as AsyncLocalStorage.snapshot() does with a third of the objects. */
function thisContext(): InContext {
  const resource = new AsyncResource('expect-continue')
  return (call, ...args) => resource.runInAsyncScope(call, undefined, ...args)
}

/** The caller's options for what is below: what is answered here is not answered there again. */
function answeredHere(request: ExpectRequest, settings: Settings): ExpectRequest {
  const rest = withoutBounds(request)
  const here = { authenticate: null, redirect: 'manual', retry: 0, resume: false } as const
  return needsAttempts(settings) || settings.resume !== false ? Object.assign(rest, here) : rest
}

/** A copy, because undici refuses to hear how many redirects are followed, and the query is in the path. */
function withoutBounds(request: ExpectRequest): ExpectRequest {
  const { query: _query, maxRedirections: _bound, ...rest } = request
  return rest
}

/** The same request without an `Expect` of the caller's, on which undici throws. */
export function withoutWish(request: ExpectRequest, wish: ExpectMode | undefined): ExpectRequest {
  if (wish === undefined) return request
  return { ...request, expect: wish, headers: withoutFields(request.headers, 'expect') }
}

function headersFor(request: ExpectRequest, content: Content, length: number | null): string[] {
  const headers = withoutFields(request.headers, 'content-length')
  // undici writes the length of no content by itself.
  if (length !== null && length > 0) headers.push('content-length', String(length))
  const ownType = typeof request.body === 'string' ? null : content.type
  if (ownType !== null && fieldValue(headers as Fields, 'content-type') === undefined) {
    headers.push('content-type', ownType)
  }
  return headers
}

/** Whoever is handed a redirection may follow it with the same content. */
function isRedirection(status: number): boolean {
  return status >= 300 && status < 400
}
