import type { Dispatcher } from 'undici'

/** Where an upload goes, and how. */
export interface UploadTarget {
  readonly url: string | URL
  readonly method: string
  readonly headers: RequestInit['headers']
  /** The content's own media type, or `null`. */
  readonly type: string | null
}

/** The request of an upload, but for its content. */
export interface UploadRequest {
  /** Without a fragment. */
  readonly url: string
  readonly origin: string
  readonly path: string
  readonly method: Dispatcher.HttpMethod
  /** A flat list. */
  readonly headers: string[]
}

/**
 * The request that the platform's fetch would make.
 *
 * @throws TypeError naming what cannot be used.
 */
export function uploadRequest({ url, method, headers, type }: UploadTarget): UploadRequest {
  const { href, origin, pathname, search, protocol } = parsed(url)
  return {
    url: href.replace(/#.*/, ''),
    origin,
    path: pathname + search,
    method: normalized(method),
    headers: completed(headers, type, protocol),
  }
}

function parsed(url: string | URL): URL {
  const text = String(url)
  const found = URL.parse(text)
  if (found === null) {
    throw new TypeError(`The URL '${redacted(text)}' cannot be parsed; pass an absolute one`)
  }
  const { protocol, username, password, host } = found
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`An upload goes to a URL of http: or https:, not of ${protocol}`)
  }
  if (username === '' && password === '') return found
  throw new TypeError(`The URL for ${host} holds credentials; pass them in an Authorization header`)
}

/** What may be credentials is not printed. */
function redacted(url: string): string {
  return url.replace(/^.*@/s, '…@')
}

/** Methods as they usually come; a platform's Request knows what becomes of others. */
const usual = ['PUT', 'POST', 'PATCH']

function normalized(method: string): Dispatcher.HttpMethod {
  const found = usual.includes(method)
    ? method
    : new Request('http://localhost', { method, body: '' }).method
  return found as Dispatcher.HttpMethod
}

/** The fields, with those that the platform's fetch adds where the caller has none of the name. */
function completed(
  given: UploadTarget['headers'],
  type: string | null,
  protocol: string,
): string[] {
  const headers = new Headers(given)
  const spelled = spellingOf(given)
  const fields: string[] = []
  for (const [name, value] of headers) fields.push(spelled.get(name) ?? name, value)
  const add = (name: string, value: string): void => {
    if (!headers.has(name)) fields.push(name, value)
  }
  if (type !== null) add('content-type', type)
  add('accept', '*/*')
  add('accept-language', '*')
  add('sec-fetch-mode', 'cors')
  add('user-agent', 'node')
  add('accept-encoding', encodingsFor(headers, protocol))
  return fields
}

/** Names as the caller writes them, which Headers forget: there are origins that compare them by case. */
function spellingOf(given: UploadTarget['headers']): Map<string, string> {
  if (given === undefined || given instanceof Headers) return new Map()
  const pairs = Symbol.iterator in given ? [...given] : Object.entries(given)
  return new Map(pairs.map(([name = '']) => [name.toLowerCase(), name]))
}

function encodingsFor(headers: Headers, protocol: string): string {
  if (headers.has('range')) return 'identity'
  return protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate'
}
