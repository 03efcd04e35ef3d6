import { AsyncResource } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import type { Dispatcher } from 'undici'
import { ticketKey } from '../connection/ticket.ts'
import type { Content } from '../content/content.ts'
import { ContentDigest } from '../content/content-digest.ts'
import { contentOf } from '../content/kinds.ts'
import { type InContext, UploadContent } from '../content/upload-content.ts'
import { type Fields, fieldValue, withoutFields } from '../headers.ts'
import { needsAttempts, type Settings } from '../options/settings.ts'
import type { ExpectMode } from '../protocol/decision.ts'
import { UploadLog } from '../report/upload-log.ts'
import { refuseLength, statedLength } from './content-length.ts'
import { attemptKey, callKey, type ExpectDispatchOptions } from './expect-request.ts'
import { type HttpRequest, originOf, pathOf } from './http-request.ts'
import type { InterceptorContext } from './interceptor-context.ts'
import { UploadContext } from './upload-context.ts'

/** A request that was dispatched through an interceptor, with its settings. */
interface InterceptedRequest {
  readonly request: ExpectDispatchOptions
  /** The content; `null` when there is none. */
  readonly content: Content | null
  /** The mode from the request's own `Expect` header. */
  readonly expectHeader: ExpectMode | undefined
  readonly settings: Settings
  readonly handler: Dispatcher.DispatchHandler
}

/** Subscribers of this channel may keep the chunks, so their memory cannot be reused. */
const chunkSent = channel('undici:request:bodyChunkSent')

/**
 * The content of a request.
 *
 * @throws TypeError when the body cannot be sent.
 */
export function requestContent(request: ExpectDispatchOptions): Content | null {
  const body: unknown = request.body ?? null
  if (body === null) return null
  const outer = request[ticketKey]
  // An interceptor in between may have replaced the body.
  if (outer !== undefined && outer.body !== body) return contentOf(body)
  return request[callKey]?.content ?? contentOf(body)
}

/**
 * Makes the context of an upload from an intercepted request.
 *
 * @throws UploadError when the content has not the declared length.
 */
export function uploadContextOf(
  intercepted: InterceptedRequest,
  interceptorContext: InterceptorContext,
): UploadContext {
  const { request, content, expectHeader, settings, handler } = intercepted
  const call = request[callKey]
  const outer = request[ticketKey]
  const stated = outer?.lengthStated === false ? null : statedLength(request.headers)
  const length = stated ?? content?.length ?? null
  if (content !== null) refuseLength(content.length, stated)
  const log = call?.log ?? new UploadLog()
  // This run makes its own attempt, which replaces that of an interceptor above.
  const above = request[attemptKey]
  if (above !== undefined) log.drop(above)
  log.total = content === null ? null : length
  const inContext = thisContext()
  const asked = withoutPreference(withoutExpectHeader(request, expectHeader))
  const httpRequest: HttpRequest = {
    origin: originOf(String(request.origin)),
    path: pathOf(request),
    method: request.method,
    headers: content === null ? withoutFields(asked.headers) : headersFor(asked, content, length),
    hasContent: content !== null,
  }
  const invitation = interceptorContext.recovery.invitation(
    settings,
    httpRequest,
    length,
    outer?.invites === true,
  )
  const uploadContext = new UploadContext({
    interceptorContext,
    request: interceptorContext.yields ? withoutBounds(asked) : answeredHere(asked, settings),
    httpRequest: invitation ?? httpRequest,
    handler,
    log,
    settings,
    expect: expectHeader ?? settings.expect,
    steps: call?.steps ?? [],
    buffered: content?.buffered ?? null,
    lengthStated: stated !== null,
    inContext,
    keepsUntouched: (status) => isRedirection(status) || (call?.keepsUntouched?.(status) ?? false),
    mapStatus: (status) => call?.mapStatus?.(status) ?? status,
  })
  if (content !== null) {
    const { replayWindow } = settings
    const canReuseBuffers = handler.onBodySent === undefined && !chunkSent.hasSubscribers
    const slides = invitation !== null
    const algorithm = typeof settings.resume === 'object' ? settings.resume.digest : undefined
    const digest = slides && algorithm !== undefined ? new ContentDigest(algorithm) : null
    const options = { length, replayWindow, slides, canReuseBuffers, digest, inContext }
    uploadContext.content = new UploadContent(content, options, (error) =>
      uploadContext.onBroken(error),
    )
    if (invitation !== null) {
      const { allowInsecureRedirect, resume } = settings
      const known = { httpRequest, content: uploadContext.content, revision: content.revision, log }
      const resumeOptions = typeof resume === 'object' ? resume : {}
      uploadContext.resumption = interceptorContext.recovery.resumption(resumeOptions, {
        ...known,
        allowInsecureRedirect,
      })
    }
  }
  return uploadContext
}

/** Captures the current async context, like AsyncLocalStorage.snapshot(), which allocates three times as many objects. */
function thisContext(): InContext {
  const resource = new AsyncResource('expect-continue')
  return (call, ...args) => resource.runInAsyncScope(call, undefined, ...args)
}

/** The caller's options for interceptors below, without the recovery that this interceptor does. */
function answeredHere(request: ExpectDispatchOptions, settings: Settings): ExpectDispatchOptions {
  const rest = withoutBounds(request)
  if (!needsAttempts(settings) && settings.resume === false) return rest
  return { ...rest, authenticate: null, redirect: 'manual', retry: 0, resume: false }
}

/** The request without `maxRedirections`, on which undici throws, and `query`, which is in the path. */
function withoutBounds(request: ExpectDispatchOptions): ExpectDispatchOptions {
  if (!('query' in request) && !('maxRedirections' in request)) return request
  const { query: _query, maxRedirections: _bound, ...rest } = request
  return rest
}

/** The request without the HTTP version that an interceptor above prefers for its own attempt. */
function withoutPreference(request: ExpectDispatchOptions): ExpectDispatchOptions {
  if (!request[ticketKey]?.prefersHttp1) return request
  const { allowH2: _preferred, ...rest } = request
  return rest
}

/** The request without the caller's `Expect` header, on which undici throws. */
export function withoutExpectHeader(
  request: ExpectDispatchOptions,
  expectHeader: ExpectMode | undefined,
): ExpectDispatchOptions {
  if (expectHeader === undefined) return request
  return { ...request, expect: expectHeader, headers: withoutFields(request.headers, 'expect') }
}

function headersFor(
  request: ExpectDispatchOptions,
  content: Content,
  length: number | null,
): string[] {
  const headers = withoutFields(request.headers, 'content-length')
  // undici writes `content-length: 0` by itself.
  if (length !== null && length > 0) headers.push('content-length', String(length))
  const ownType = typeof request.body === 'string' ? null : content.type
  if (ownType !== null && fieldValue(headers as Fields, 'content-type') === undefined) {
    headers.push('content-type', ownType)
  }
  return headers
}

/** Whether a status is a redirection, which the caller may follow with the same content. */
function isRedirection(status: number): boolean {
  return status >= 300 && status < 400
}
