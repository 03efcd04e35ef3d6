import { stringify } from 'node:querystring'
import type { Dispatcher } from 'undici'
import type { Part } from '../content/upload-content.ts'

/** The target, method and header fields of a request. Redirects and challenges derive a new one from the last. */
export interface HttpRequest {
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly method: Dispatcher.HttpMethod
  /** Header fields as a flat list, without `Expect`. */
  readonly headers: string[]
  readonly hasContent: boolean
  /** The part of the content in a request to an upload resource; absent in requests to the target itself. */
  readonly part?: Part
}

/**
 * The path of a request with its query, which undici also accepts as an option of its own.
 *
 * @throws TypeError when there are two queries, as undici does.
 */
export function pathOf({ path, query }: Dispatcher.DispatchOptions): string {
  if (!query) return path
  if (/[?#]/.test(path)) throw new TypeError("The path has a query; leave out the option 'query'")
  const text = stringify(query)
  return text === '' ? path : `${path}?${text}`
}

/** An origin without credentials and without a slash at its end. */
export function plainOrigin(origin: string): string {
  if (!origin.includes('@') && !origin.endsWith('/')) return origin
  return URL.canParse(origin) ? new URL(origin).origin : origin
}

/** Origin and path, for messages and reports. Query and userinfo are left out, because they may contain credentials. */
export function reportedUrl({ origin, path }: HttpRequest): string {
  const [target = ''] = path.split('?', 1)
  // A request to a proxy has the whole URL as its path (RFC 9112, section 3.2.2).
  const url = /^https?:\/\//.test(target) ? URL.parse(target) : null
  return url === null ? plainOrigin(origin) + target : url.origin + url.pathname
}
