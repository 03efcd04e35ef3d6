import { UploadError } from '../errors.ts'
import { withoutFields } from '../headers.ts'
import { type HttpRequest, placeOf } from '../upload/http-request.ts'
import type { Answer, NextAttempt, RecoveryStep } from '../upload/recovery-step.ts'

/** How redirects are followed. */
export interface RedirectSettings {
  readonly maxRedirections: number
  readonly allowInsecureRedirect: boolean
}

/** What the Fetch standard says about a redirect that cannot be followed: it is an error. */
export interface FetchRules {
  readonly mode: Request['mode']
  /** Whether the content is a stream, which fetch never gives up for a GET but after a 303. */
  readonly oneShot: boolean
}

const statuses = [301, 302, 303, 307, 308]

/** Whether a status may be followed (Fetch standard, redirect status). */
export function isRedirect(status: number): boolean {
  return statuses.includes(status)
}

/** What describes content, and goes when it goes (Fetch standard, HTTP-redirect fetch). */
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

/** What is meant for one origin alone. */
export const originFields = ['authorization', 'cookie', 'host', 'proxy-authorization']

/**
 * Redirects (RFC 9110, section 15.4), with the methods of the Fetch standard: a 303 makes a
 * GET of everything but HEAD, a 301 or 302 of POST; everything else goes on as it is, with
 * its content. A redirect of content that cannot go out again is handed over, and so is one
 * without a usable Location; under the rules of fetch, both are errors.
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
    const target = targetOf(fields.location, httpRequest)
    if (target === null) return this.#rules === null ? null : unusable(status, httpRequest)
    const next = hopTo(target, httpRequest, status)
    if (next.hasContent && !sendable) return this.#rules === null ? null : gone(status)
    if (this.#givesUp(httpRequest, next, status)) return lost(status)
    return this.#refusal(httpRequest, next) ?? { httpRequest: next, reason: 'redirect', delayMs: 0 }
  }

  /** Whether content that can be read once would not be sent at all. */
  #givesUp(from: HttpRequest, to: HttpRequest, status: number): boolean {
    const given = from.hasContent && !to.hasContent
    return given && status !== 303 && this.#rules?.oneShot === true
  }

  #refusal(from: HttpRequest, to: HttpRequest): UploadError | null {
    const { maxRedirections, allowInsecureRedirect } = this.#settings
    const step = `from ${placeOf(from)} to ${placeOf(to)}`
    this.#made += 1
    if (this.#made > maxRedirections) {
      const message = `The redirect ${step} is one more than maxRedirections, which is ${maxRedirections}`
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

/** Where a Location leads that can be followed. */
function targetOf(location: string | string[] | undefined, httpRequest: HttpRequest): URL | null {
  const base = httpRequest.origin + httpRequest.path
  if (typeof location !== 'string' || !URL.canParse(location, base)) return null
  const target = new URL(location, base)
  return target.protocol === 'http:' || target.protocol === 'https:' ? target : null
}

function hopTo(target: URL, from: HttpRequest, status: number): HttpRequest {
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
  const message = `The ${status} from ${placeOf(from)} has no Location that can be followed`
  return new UploadError('ERR_EXPECT_REDIRECT', message)
}

function gone(status: number): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    `The ${status} needs the content again, which can be read only once; pass a function that makes it, or set redirect to 'manual'`,
  )
}

function lost(status: number): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    `The ${status} would make the POST a GET without its content, which can be read only once; set redirect to 'manual' to get the ${status} itself, or have the origin answer 307`,
  )
}

function isSecure({ origin }: HttpRequest): boolean {
  return origin.startsWith('https:')
}
