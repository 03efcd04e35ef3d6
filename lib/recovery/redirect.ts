import { UploadError } from '../errors.ts'
import { withoutFields } from '../headers.ts'
import { type Hop, placeOf } from '../upload/hop.ts'
import type { Answer, Next, Recourse } from '../upload/recourse.ts'

/** How redirects are followed. */
export interface RedirectSettings {
  readonly maxRedirections: number
  readonly allowInsecureRedirect: boolean
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
]

/** What is meant for one origin alone. */
const originFields = ['authorization', 'cookie', 'host', 'proxy-authorization']

/**
 * Redirects (RFC 9110, section 15.4), with the methods of the Fetch standard: a 303 makes a
 * GET of everything but HEAD, a 301 or 302 of POST; everything else goes on as it is, with
 * its content. A redirect of content that cannot go out again is handed over, and so is one
 * without a usable Location.
 */
export class Redirection implements Recourse {
  readonly #settings: RedirectSettings
  #made = 0

  constructor(settings: RedirectSettings) {
    this.#settings = settings
  }

  answered({ status, fields, hop, sendable }: Answer): Next | UploadError | null {
    const target = isRedirect(status) ? targetOf(fields.location, hop) : null
    if (target === null) return null
    const next = hopTo(target, hop, status)
    if (next.hasContent && !sendable) return null
    return this.#refusal(hop, next) ?? { hop: next, reason: 'redirect', delayMs: 0 }
  }

  #refusal(from: Hop, to: Hop): UploadError | null {
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
    return null
  }
}

/** Where a Location leads that can be followed. */
function targetOf(location: string | string[] | undefined, hop: Hop): URL | null {
  const base = hop.origin + hop.path
  if (typeof location !== 'string' || !URL.canParse(location, base)) return null
  const target = new URL(location, base)
  return target.protocol === 'http:' || target.protocol === 'https:' ? target : null
}

function hopTo(target: URL, from: Hop, status: number): Hop {
  const { origin, pathname, search } = target
  const becomesGet =
    status === 303 ? from.method !== 'HEAD' : status < 303 && from.method === 'POST'
  const leaves = origin !== new URL(from.origin).origin
  const headers = withoutFields(
    from.headers,
    ...(becomesGet ? contentFields : []),
    ...(leaves ? originFields : []),
  )
  const method = becomesGet ? 'GET' : from.method
  const hasContent = from.hasContent && !becomesGet
  return { origin, path: pathname + search, method, headers, hasContent }
}

function isSecure({ origin }: Hop): boolean {
  return origin.startsWith('https:')
}
