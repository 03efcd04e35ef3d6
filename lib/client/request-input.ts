import { Request as UndiciRequest, fetch as undiciFetch } from 'undici'
import { type Content, contentOf } from '../content/content.ts'
import { type FetchInput, platformFetch } from './platform-fetch.ts'

/** A class of Requests, and the fetch that knows what is inside of them. */
interface Realm {
  readonly Request: typeof Request
  readonly fetch: typeof fetch
}

const platform: Realm = { Request: globalThis.Request, fetch: platformFetch }
const undici = { Request: UndiciRequest, fetch: undiciFetch } as unknown as Realm

/** The Request that a fetch is given, of whatever realm; `null` for anything else. */
export function requestIn(input: unknown): Request | null {
  if (realmOf(input) !== null) return input as Request
  if (typeof input !== 'object' || input === null) return null
  const tag = (input as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'Request' && 'url' in input ? (input as Request) : null
}

function realmOf(input: unknown): Realm | null {
  return [platform, undici].find((realm) => input instanceof realm.Request) ?? null
}

/** What `new Request()` of the platform makes the same request of, but for its body. */
export function readRequest(request: Request): [input: FetchInput, init: RequestInit] {
  const { referrer, referrerPolicy } = request
  // A Request forgets its referrer when an init is put over it, and there is always one here.
  if (realmOf(request) === platform) return [request, { referrer, referrerPolicy }]
  const { url, method, signal, redirect, keepalive, integrity, cache, credentials } = request
  const headers = [...request.headers] as [string, string][]
  const read = { method, headers, signal, redirect, keepalive, integrity, cache, credentials }
  return [url, { ...read, referrer, referrerPolicy }]
}

/**
 * The body of a Request as content. What is behind the body of a Request of the platform or
 * of undici, such as a string, a Blob or a form, can be sent again and has a length; a stream
 * has neither, and is not read.
 *
 * @throws TypeError when the body was used.
 */
export function contentOfRequest(request: Request): Content {
  if (request.bodyUsed || request.body?.locked) {
    throw new TypeError('Cannot fetch a Request whose body has been used')
  }
  const realm = realmOf(request)
  const source = realm === null ? null : sourceOf(request, realm)
  if (source === null) return contentOf(request.body)
  const content = contentOf(source)
  // The Request's header fields say what it is, and a form is encoded again here.
  return isForm(source) ? content : { ...content, type: null }
}

/** Whether the body of a Request is a form, whose boundary is this package's from here on. */
function isForm(source: unknown): boolean {
  return Object.prototype.toString.call(source) === '[object FormData]'
}

/**
 * What a Request was made of, unless that is a stream; `null` when there is no telling. Nothing
 * of Request's public face says so, but two things it does:
 *
 * - a Request of mode 'no-cors' cannot be made of one with a stream (Fetch standard, Request
 *   constructor, step 36), which is found out before the stream is touched;
 * - undici's fetch gives a dispatcher that is a mock what a body was made of.
 *
 * The fetch is aborted before it can do anything else.
 */
function sourceOf(request: Request, realm: Realm): unknown {
  if (!tellsSources(realm)) return null
  const end = new AbortController()
  const again = withoutStream(request, realm, end.signal)
  if (again === null) return null
  const dispatched = dispatchedBy(again, realm, end)
  if (dispatched === null) throw new TypeError('The platform does not tell what the Request holds')
  // What is empty is shown as a stream.
  const { body } = dispatched
  return body instanceof ReadableStream ? '' : body
}

/** The same body in a Request that no stream can be behind; `null` when one is. */
function withoutStream(
  request: Request,
  realm: Realm,
  signal: AbortSignal | null = null,
): Request | null {
  const init = { method: 'POST', headers: [], cache: 'default', integrity: '' } as RequestInit
  try {
    return new realm.Request(request, { ...init, mode: 'no-cors', signal })
  } catch {
    return null
  }
}

/** What a fetch dispatches, if it does so at once and to the dispatcher that it is given. */
function dispatchedBy(
  request: Request,
  { fetch }: Realm,
  end: AbortController,
): { readonly body?: unknown } | null {
  let found: { readonly body?: unknown } | null = null
  const dispatch = (dispatched: { readonly body?: unknown }): boolean => {
    found = dispatched
    return true
  }
  const init = { dispatcher: { isMockActive: true, dispatch } } as unknown as RequestInit
  fetch(request, init).catch(() => {})
  end.abort()
  return found
}

const telling = new WeakMap<Realm, boolean>()

/** Whether a realm does as undici's do; found out with requests to nowhere, which are not made. */
function tellsSources(realm: Realm): boolean {
  const known = telling.get(realm)
  if (known !== undefined) return known
  const url = 'http://expect-continue.invalid/'
  const end = new AbortController()
  const stream = { method: 'POST', body: new ReadableStream(), duplex: 'half' } as RequestInit
  const tells =
    withoutStream(new realm.Request(url, stream), realm) === null &&
    dispatchedBy(new realm.Request(url, { signal: end.signal }), realm, end) !== null
  telling.set(realm, tells)
  return tells
}
