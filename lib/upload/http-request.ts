import { stringify } from 'node:querystring'
import type { Dispatcher } from 'undici'
import type { Part } from '../content/upload-content.ts'

/** Where a request goes and how; redirects and challenges make a new one of the last. */
export interface HttpRequest {
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly method: Dispatcher.HttpMethod
  /** Header fields as a flat list, without an `Expect` among them. */
  readonly headers: string[]
  /** Whether the content goes with it. */
  readonly hasContent: boolean
  /** What of the content goes with a request to an upload resource; not set for the upload's own requests. */
  readonly part?: Part
}

/**
 * The path of a request with its query, which undici takes by itself, too.
 *
 * @throws TypeError when there are two of them, as undici does.
 */
export function pathOf({ path, query }: Dispatcher.DispatchOptions): string {
  if (!query) return path
  if (/[?#]/.test(path)) throw new TypeError("The path has a query; leave out the option 'query'")
  const text = stringify(query)
  return text === '' ? path : `${path}?${text}`
}

/** An origin as it is written down: without credentials, and without a slash at its end. */
export function originOf(origin: string): string {
  if (!origin.includes('@') && !origin.endsWith('/')) return origin
  return URL.canParse(origin) ? new URL(origin).origin : origin
}

/** Origin and path; a query may hold credentials, and userinfo does. */
export function placeOf({ origin, path }: HttpRequest): string {
  const [place = ''] = path.split('?', 1)
  // To a proxy goes the whole URL (RFC 9112, section 3.2.2).
  const target = /^https?:\/\//.test(place) ? URL.parse(place) : null
  return target === null ? originOf(origin) + place : target.origin + target.pathname
}
