import { isUtf8 } from 'node:buffer'
import { UploadError } from '../errors.ts'
import { type ResponseFields, withoutFields } from '../headers.ts'
import { type HttpRequest, reportedUrl } from '../upload/http-request.ts'
import type { Answer, NextAttempt, RecoveryStep } from '../upload/recovery-step.ts'

interface RedirectSettings {
  readonly maxRedirections: number
  readonly allowInsecureRedirect: boolean
}

/** The rules of the Fetch standard, by which a redirect that cannot be followed is an error. */
interface FetchRules {
  readonly mode: Request['mode']
  /** Whether the content is a stream. Fetch drops a stream only after a 303. */
  readonly oneShot: boolean
}

const statuses = [301, 302, 303, 307, 308]

/** Whether a status is a redirect that can be followed (Fetch standard, redirect status). */
export function isRedirect(status: number): boolean {
  return statuses.includes(status)
}

/** Fields that describe content; they are removed with it (Fetch standard, HTTP-redirect fetch). */
const contentFields = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
  'upload-complete',
  'upload-draft-interop-version',
  'upload-length',
  'upload-offset',
]

/** Fields that must not be sent to another origin. */
/** They may hold credentials, or name the origin, so they are not sent to another one. */
export const originFields: readonly string[] = [
  'authorization',
  'cookie',
  'host',
  'proxy-authorization',
]

/**
 * Follows redirects (RFC 9110, section 15.4) with the methods of the Fetch standard: a 303 changes
 * every method except HEAD to GET, and a 301 or 302 changes POST to GET. Other requests are repeated
 * with their content. The redirect is returned to the caller when the content cannot be sent again,
 * or when there is no usable Location. Under the rules of fetch, both are errors.
 */
export class Redirection implements RecoveryStep {
  readonly #settings: RedirectSettings
  readonly #rules: FetchRules | null
  #made = 0

  constructor(settings: RedirectSettings, rules: FetchRules | null = null) {
    this.#settings = settings
    this.#rules = rules
  }

  answered({ status, fields, httpRequest, sendable }: Answer): NextAttempt | UploadError | null {
    if (!isRedirect(status) || fields.location === undefined) return null
    const target = targetOf(fields, httpRequest)
    if (target === null) return this.#rules === null ? null : unusable(status, httpRequest)
    if (this.#rules?.mode === 'cors' && hasCredentials(target)) return exposing(status, httpRequest)
    const next = requestTo(target, httpRequest, status)
    if (next.hasContent && !sendable) return this.#rules === null ? null : gone(status)
    if (this.#givesUp(httpRequest, next, status)) return lost(status)
    return this.#refusal(httpRequest, next) ?? { httpRequest: next, reason: 'redirect', delayMs: 0 }
  }

  /** Whether the redirect would drop content that can be read only once. */
  #givesUp(from: HttpRequest, to: HttpRequest, status: number): boolean {
    const given = from.hasContent && !to.hasContent
    return given && status !== 303 && this.#rules?.oneShot === true
  }

  #refusal(from: HttpRequest, to: HttpRequest): UploadError | null {
    const { maxRedirections, allowInsecureRedirect } = this.#settings
    const step = `from ${reportedUrl(from)} to ${reportedUrl(to)}`
    this.#made += 1
    if (this.#made > maxRedirections) {
      const message = `The redirect ${step} exceeds maxRedirections, which is ${maxRedirections}`
      return new UploadError('ERR_EXPECT_TOO_MANY_REDIRECTS', message)
    }
    if (isSecure(from) && !isSecure(to) && !allowInsecureRedirect) {
      const message = `The redirect ${step} would send the upload unencrypted; set allowInsecureRedirect to follow it`
      return new UploadError('ERR_EXPECT_INSECURE_REDIRECT', message)
    }
    if (this.#rules?.mode === 'same-origin' && isElsewhere(from, to)) {
      return new UploadError(
        'ERR_EXPECT_REDIRECT',
        `The redirect ${step} leaves the origin, and mode is 'same-origin'`,
      )
    }
    return null
  }
}

/** The URL in a Location, relative to its request; `null` when it is not one of http: or https:. */
export function targetOf({ location }: ResponseFields, { origin, path }: HttpRequest): URL | null {
  if (typeof location !== 'string') return null
  // Fields are decoded as latin1. Origins that do not percent-encode a Location send it in UTF-8.
  const bytes = Buffer.from(location, 'latin1')
  const target = URL.parse(isUtf8(bytes) ? bytes.toString() : location, origin + path)
  return target !== null && /^https?:$/.test(target.protocol) ? target : null
}

/** Fetch follows no such redirect in mode 'cors' (Fetch standard, HTTP-redirect fetch, step 8). */
function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}

function requestTo(target: URL, from: HttpRequest, status: number): HttpRequest {
  const { origin, pathname, search } = target
  const becomesGet =
    status === 303 ? from.method !== 'HEAD' : status < 303 && from.method === 'POST'
  const leaves = isElsewhere(from, { origin })
  const headers = withoutFields(
    from.headers,
    ...(becomesGet ? contentFields : []),
    ...(leaves ? originFields : []),
  )
  const method = becomesGet ? 'GET' : from.method
  const hasContent = from.hasContent && !becomesGet
  const part = from.part !== undefined && !becomesGet ? { part: from.part } : {}
  return { origin, path: pathname + search, method, headers, hasContent, ...part }
}

export function isElsewhere(
  from: Pick<HttpRequest, 'origin'>,
  to: Pick<HttpRequest, 'origin'>,
): boolean {
  return new URL(to.origin).origin !== new URL(from.origin).origin
}

function unusable(status: number, from: HttpRequest): UploadError {
  const message = `The ${status} from ${reportedUrl(from)} has no usable Location header`
  return new UploadError('ERR_EXPECT_REDIRECT', message)
}

function exposing(status: number, from: HttpRequest): UploadError {
  const message = `The ${status} from ${reportedUrl(from)} has credentials in its Location, which fetch does not follow`
  return new UploadError('ERR_EXPECT_REDIRECT', message)
}

function gone(status: number): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    `Following the ${status} needs the content again, but it can be read only once; pass a function that returns it, or set redirect to 'manual'`,
  )
}

function lost(status: number): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    `Following the ${status} changes the POST to a GET, and loses content that can be read only once; set redirect to 'manual' to get the ${status} itself, or make the server answer 307`,
  )
}

function isSecure({ origin }: HttpRequest): boolean {
  return origin.startsWith('https:')
}
