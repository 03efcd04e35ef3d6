import { type Dispatcher, errors } from 'undici'
import { type Content, contentOf, noContent } from '../content/content.ts'
import { UploadError } from '../errors.ts'
import { type Fields, fieldsOf, fieldValue, withoutFields } from '../headers.ts'
import type { ExpectMode, Settings } from '../options.ts'
import { needsAttempts } from '../recovery/recourses.ts'
import { UploadLog } from '../report/upload-log.ts'
import { BareUpload, CallUpload } from './call-upload.ts'
import { type Call, callKey, type ExpectRequest } from './expect-request.ts'
import { originOf, pathOf } from './hop.ts'
import { OwnUpload } from './own-upload.ts'
import { Plan, type Upload } from './plan.ts'
import type { Scope } from './scope.ts'

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
  const upload = uploadOf(request, hasContent ? content : null, settings)
  const asked = withoutWish(request, wish)
  const headers = hasContent
    ? headersFor(asked, content, upload.source.length)
    : withoutFields(asked.headers)
  return new Plan({
    scope,
    request: answeredHere(request, settings),
    hop: {
      origin: originOf(String(request.origin)),
      path: pathOf(request),
      method: request.method,
      headers,
      hasContent,
    },
    handler,
    upload,
    settings,
    expect: wish ?? settings.expect,
    followsMisdirection: followsMisdirection(call, hasContent),
    whole: content.whole,
  })
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
 * @throws InvalidArgumentError when that is not one number of bytes, as undici does, and UploadError
 * when the two differ, before anything is sent.
 */
export function declared(request: ExpectRequest, length: number | null): number | null {
  const stated = statedLength(request.headers)
  if (stated === null) return length
  if (length === null || length === stated) return stated
  const code = length < stated ? 'ERR_EXPECT_CONTENT_SHORT' : 'ERR_EXPECT_CONTENT_LONG'
  const message = `The Content-Length is ${stated}, but the content has ${length} bytes; leave the header out`
  throw new UploadError(code, message)
}

function statedLength(headers: Fields): number | null {
  const value = fieldValue(headers, 'content-length')
  if (value === undefined) return null
  const all = fieldsOf(headers).filter(([name]) => name.toLowerCase() === 'content-length')
  if (all.length > 1) throw new errors.InvalidArgumentError('There is more than one Content-Length')
  // Number() alone takes '0x5', '+5' and '5e0', too (RFC 9110, section 8.6).
  const stated = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN
  if (Number.isSafeInteger(stated) && !Array.isArray(value)) return stated
  throw new errors.InvalidArgumentError(`The Content-Length '${value}' is not a number of bytes`)
}

function uploadOf(request: ExpectRequest, content: Content | null, settings: Settings): Upload {
  const call = request[callKey]
  if (content === null) return new BareUpload(call?.log ?? new UploadLog())
  const { replayWindow } = settings
  const options = { length: declared(request, content.length), replayWindow }
  return call === undefined
    ? new OwnUpload(content, options)
    : new CallUpload(call, content, options)
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
