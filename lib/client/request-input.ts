import { type Dispatcher, Request as UndiciRequest, fetch as undiciFetch } from 'undici/index.js'
import type { Content } from '../content/content.ts'
import { contentOf } from '../content/kinds.ts'
import { fieldValue } from '../headers.ts'
import { type FetchInput, platformFetch } from './platform-fetch.ts'

/** A Request class, and the fetch of the same implementation. */
interface Realm {
  readonly Request: typeof Request
  readonly fetch: typeof fetch
}

const platform: Realm = {
  // A getter, because reading the global `Request` loads the platform's fetch.
  get Request() {
    return globalThis.Request
  },
  fetch: platformFetch,
}
const undici = { Request: UndiciRequest, fetch: undiciFetch } as unknown as Realm

/** The Request that was passed to fetch, of any realm; `null` for anything else. */
export function requestIn(input: unknown): Request | null {
  if (realmOf(input) !== null) return input as Request
  if (typeof input !== 'object' || input === null) return null
  const tag = (input as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'Request' && 'url' in input ? (input as Request) : null
}

function realmOf(input: unknown): Realm | null {
  return [platform, undici].find((realm) => input instanceof realm.Request) ?? null
}

/** Arguments from which the platform's `new Request()` makes the same request without its body. */
export function readRequest(request: Request): [input: FetchInput, init: RequestInit] {
  const { referrer, referrerPolicy } = request
  // `new Request(request, init)` resets the referrer, and there is always an init here.
  if (realmOf(request) === platform) return [request, { referrer, referrerPolicy }]
  const { url, method, signal, redirect, keepalive, integrity, cache, credentials } = request
  const headers = [...request.headers] as [string, string][]
  const read = { method, headers, signal, redirect, keepalive, integrity, cache, credentials }
  return [url, { ...read, referrer, referrerPolicy }]
}

/**
 * The body of a Request as content. The string, Blob or form from which a Request of the platform or
 * of undici was made can be sent again and has a length. A stream can not and has none; it is not
 * read here.
 *
 * @throws TypeError if the body has been used.
 */
export function contentOfRequest(request: Request): Content {
  if (request.bodyUsed || request.body?.locked) {
    throw new TypeError('Cannot fetch a Request whose body has been used')
  }
  const realm = realmOf(request)
  const found = realm === null ? null : contentBehind(request, realm)
  return found ?? contentOf(request.body)
}

interface Dispatched {
  readonly body?: unknown
  readonly headers?: Dispatcher.DispatchOptions['headers']
}

/**
 * The content of a Request that was not made from a stream; `null` if it was, or if that cannot be
 * found out. Request has no API for this; it follows from two facts:
 *
 * - `new Request()` with mode 'no-cors' throws for a Request with a stream (Fetch standard, Request
 *   constructor, step 36), before it reads from the stream;
 * - undici's fetch passes the original body to a dispatcher with `isMockActive`.
 */
function contentBehind(request: Request, realm: Realm): Content | null {
  if (!showsSources(realm)) return null
  const end = new AbortController()
  const again = withoutStream(request, realm, end.signal)
  if (again === null) return null
  const spare = givesAway ? again.clone() : null
  const { body, headers } = dispatchedBy(again, realm) ?? {}
  end.abort()
  if (spare !== null && isGivenAway(body)) {
    return { ...contentOf(spare.body), length: Number(fieldValue(headers, 'content-length')) }
  }
  spare?.body?.cancel().catch(() => {})
  if (body === undefined)
    throw new TypeError(
      'The platform does not show the body of the Request; pass it in the init of fetch',
    )
  // An empty body arrives as a stream.
  if (body instanceof ReadableStream) return { ...contentOf(''), type: null }
  // The Request has a Content-Type already; only a form is encoded again, with another boundary.
  return isForm(body) ? contentOf(body) : { ...contentOf(ownBytes(body)), type: null }
}

function isForm(source: unknown): boolean {
  return Object.prototype.toString.call(source) === '[object FormData]'
}

/** Whether reading the clone of a Request detaches the buffer of its body, as in undici 6. */
const givesAway = Number.parseInt(process.versions.undici ?? '', 10) < 7

function isGivenAway(source: unknown): boolean {
  return ArrayBuffer.isView(source) && (source.buffer as { detached?: boolean }).detached === true
}

/** A copy where reading a clone of the Request would detach the buffer. */
function ownBytes(source: unknown): unknown {
  return givesAway && source instanceof Uint8Array ? Buffer.from(source) : source
}

/** The same body in a Request of mode 'no-cors'; `null` if it is a stream. */
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

/** What a fetch passes to its dispatcher; `null` if it does not dispatch synchronously or ignores the dispatcher. */
function dispatchedBy(request: Request, { fetch }: Realm): Dispatched | null {
  let found: Dispatched | null = null
  const dispatch = (dispatched: Dispatched): boolean => {
    found = dispatched
    return true
  }
  const init = { dispatcher: { isMockActive: true, dispatch } } as unknown as RequestInit
  fetch(request, init).catch(() => {})
  return found
}

const showing = new WeakMap<Realm, boolean>()

/** Whether a realm behaves as described above; tested once, with requests that are never sent. */
function showsSources(realm: Realm): boolean {
  const known = showing.get(realm)
  if (known !== undefined) return known
  const url = 'http://expect-continue.invalid/'
  const stream = { method: 'POST', body: new ReadableStream(), duplex: 'half' } as RequestInit
  const end = new AbortController()
  const shows =
    withoutStream(new realm.Request(url, stream), realm) === null &&
    dispatchedBy(new realm.Request(url, { signal: end.signal }), realm) !== null
  end.abort()
  showing.set(realm, shows)
  return shows
}
