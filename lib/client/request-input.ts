import { type Dispatcher, Request as UndiciRequest, fetch as undiciFetch } from '#undici'
import { type Content, contentOf } from '../content/content.ts'
import { fieldValue } from '../headers.ts'
import { type FetchInput, platformFetch } from './platform-fetch.ts'

/** A class of Requests, and the fetch that knows what is inside of them. */
interface Realm {
  readonly Request: typeof Request
  readonly fetch: typeof fetch
}

const platform: Realm = {
  // Read when it is needed: whoever names it loads the platform's fetch.
  get Request() {
    return globalThis.Request
  },
  fetch: platformFetch,
}
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
  const found = realm === null ? null : contentBehind(request, realm)
  return found ?? contentOf(request.body)
}

/** What a fetch gives its dispatcher. */
interface Dispatched {
  readonly body?: unknown
  readonly headers?: Dispatcher.DispatchOptions['headers']
}

/**
 * The content of a Request, unless a stream is behind it; `null` when there is no telling. Nothing
 * of Request's public face says so, but two things it does:
 *
 * - a Request of mode 'no-cors' cannot be made of one with a stream (Fetch standard, Request
 *   constructor, step 36), which is found out before the stream is touched;
 * - undici's fetch gives a dispatcher that is a mock what a body was made of.
 */
function contentBehind(request: Request, realm: Realm): Content | null {
  if (!tellsSources(realm)) return null
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
  if (body === undefined) throw new TypeError('The platform does not tell what the Request holds')
  // What is empty is shown as a stream.
  if (body instanceof ReadableStream) return { ...contentOf(''), type: null }
  // The Request's header fields say what it is, and a form is encoded again here.
  return isForm(body) ? contentOf(body) : { ...contentOf(ownBytes(body)), type: null }
}

/** Whether the body of a Request is a form, whose boundary is this package's from here on. */
function isForm(source: unknown): boolean {
  return Object.prototype.toString.call(source) === '[object FormData]'
}

/** Whether undici gives the memory of bytes to a clone of their Request that is read, as version 6 does. */
const givesAway = Number.parseInt(process.versions.undici ?? '', 10) < 7

function isGivenAway(source: unknown): boolean {
  return ArrayBuffer.isView(source) && (source.buffer as { detached?: boolean }).detached === true
}

/** Bytes that no clone of the Request can take away. */
function ownBytes(source: unknown): unknown {
  return givesAway && source instanceof Uint8Array ? Buffer.from(source) : source
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

const telling = new WeakMap<Realm, boolean>()

/** Whether a realm does as undici's do; found out with requests to nowhere, which are not made. */
function tellsSources(realm: Realm): boolean {
  const known = telling.get(realm)
  if (known !== undefined) return known
  const url = 'http://expect-continue.invalid/'
  const stream = { method: 'POST', body: new ReadableStream(), duplex: 'half' } as RequestInit
  const end = new AbortController()
  const tells =
    withoutStream(new realm.Request(url, stream), realm) === null &&
    dispatchedBy(new realm.Request(url, { signal: end.signal }), realm) !== null
  end.abort()
  telling.set(realm, tells)
  return tells
}
