import type { Dispatcher } from 'undici'
import { ticketKey } from '../connection/ticket.ts'
import type { Content } from '../content/content.ts'
import { contentOf } from '../content/kinds.ts'
import { type Fields, fieldValue, withoutFields } from '../headers.ts'
import { needsAttempts, type Settings } from '../options/settings.ts'
import type { ExpectMode } from '../protocol/decision.ts'
import { callKey, type ExpectDispatchOptions } from './expect-request.ts'
import { type HttpRequest, pathOf, plainOrigin } from './http-request.ts'

export interface InterceptedRequest {
  readonly request: ExpectDispatchOptions
  readonly content: Content | null
  /** The mode from the request's own `Expect` header. */
  readonly expectHeader: ExpectMode | undefined
  readonly settings: Settings
  readonly handler: Dispatcher.DispatchHandler
}

/** @throws TypeError when the body cannot be sent. */
export function requestContent(request: ExpectDispatchOptions): Content | null {
  const body: unknown = request.body ?? null
  if (body === null) return null
  const outer = request[ticketKey]
  // An interceptor in between may have replaced the body.
  if (outer !== undefined && outer.body !== body) return contentOf(body)
  return request[callKey]?.content ?? contentOf(body)
}

/** The first request of an upload, with the fields that describe its content. */
export function httpRequestOf(
  request: ExpectDispatchOptions,
  content: Content | null,
  length: number | null,
): HttpRequest {
  const { headers } = request
  return {
    origin: plainOrigin(String(request.origin)),
    path: pathOf(request),
    method: request.method,
    headers: content === null ? withoutFields(headers) : headersFor(request, content, length),
    hasContent: content !== null,
  }
}

/** The caller's options for interceptors below, without the recovery that this interceptor does. */
export function withoutRecovery(
  request: ExpectDispatchOptions,
  settings: Settings,
): ExpectDispatchOptions {
  const rest = withoutBounds(request)
  if (!needsAttempts(settings) && settings.resume === false) return rest
  return { ...rest, authenticate: null, redirect: 'manual', retry: 0, resume: false }
}

/** The request without `maxRedirections`, on which undici throws, and `query`, which is in the path. */
export function withoutBounds(request: ExpectDispatchOptions): ExpectDispatchOptions {
  if (!('query' in request) && !('maxRedirections' in request)) return request
  const { query: _query, maxRedirections: _bound, ...rest } = request
  return rest
}

/** The request without the HTTP version that an interceptor above prefers for its own attempt. */
export function withoutPreference(request: ExpectDispatchOptions): ExpectDispatchOptions {
  if (!request[ticketKey]?.options.prefersHttp1) return request
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
