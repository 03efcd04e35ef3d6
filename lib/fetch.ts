import { type Dispatcher, type Request as UndiciRequest, fetch as undiciFetch } from 'undici'
import { CallDispatcher, type CallOptions, type StandIn } from './call.ts'
import { type Content, type ContentInput, contentOf } from './content.ts'
import { defaults, type ExpectOptions, pickExpectOptions, settle } from './options.ts'
import { type Progress, UploadLog, type UploadReport } from './report.ts'
import { readRequest, realmOf } from './request.ts'
import { RequestBody } from './request-body.ts'

// The platform's types know another version's Dispatcher, or, beside those of the DOM, none.
type PlatformDispatcher = RequestInit extends { dispatcher?: infer Found } ? Found : never

/** What `fetch` takes beside a RequestInit. */
export interface FetchOptions extends ExpectOptions {
  /** Whatever an upload can send. */
  body?: ContentInput | RequestInit['body'] | null
  /** Told how far the upload is; what it throws ends the upload, unless the answer has come. */
  onProgress?: (progress: Progress) => void
  /** The undici dispatcher to use. @default the process's, or a shared ExpectAgent */
  dispatcher?: Dispatcher | PlatformDispatcher
}

/** What the platform's fetch takes first. */
export type FetchInput = Parameters<typeof globalThis.fetch>[0]

/** A RequestInit, with more kinds of body and with ExpectOptions. */
export type FetchInit = Omit<RequestInit, 'body' | 'dispatcher'> & FetchOptions

// Taken once, so that a process whose own fetch is replaced by this one still has the platform's.
const platformFetch = globalThis.fetch
const logs = new WeakMap<Response, UploadLog>()

/**
 * The platform's fetch, asking before it sends large content.
 *
 * Beyond what fetch takes, `body` may be a Node stream, an iterable, `fromFile()` or a
 * function that makes one of these; `duplex` is never needed. ExpectOptions and `onProgress`
 * are taken from init.
 *
 * @returns the platform's `Response`; HTTP errors resolve.
 * @throws TypeError for network errors, with the error itself as its `cause`, and for
 * options that cannot be used.
 */
export async function fetch(resource: FetchInput, options?: FetchInit): Promise<Response> {
  const { body, onProgress, dispatcher, ...rest } = { ...options }
  const expectOptions = pickExpectOptions(rest) ?? {}
  // Inside, what is wrong with an option would look like a network error.
  settle(expectOptions, { ...defaults, memory: false })
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError("Option 'onProgress' must be a function")
  }
  const log = new UploadLog(onProgress)
  const plan = { dispatcher: dispatcher as Dispatcher | undefined, options: expectOptions, log }
  const realm = realmOf(resource)
  const request = realm === null ? null : (resource as Request)
  const target =
    request === null || realm === 'platform'
      ? { input: resource, init: rest }
      : readRequest(request, rest)
  if (body !== undefined && body !== null) return send(target, plan, contentOf(body))
  if (realm === null || !request?.body) return send(target, plan, null)
  if (realm === 'other') return send(target, plan, contentOf(request.body))
  return sendBodyOf(request, realm, target, plan)
}

/** What goes where. */
interface Target {
  readonly input: FetchInput
  readonly init: Omit<FetchInit, 'body'>
}

/** What is the same for all fetches of one call. */
type Plan = Pick<CallOptions, 'dispatcher' | 'options' | 'log'>

async function send(
  { input, init }: Target,
  plan: Plan,
  content: Content | null,
  taken: RequestBody | null = null,
): Promise<Response> {
  const standIn = content === null ? null : standInFor(input, init, content)
  const call = new CallDispatcher({ ...plan, standIn, taken })
  let failed = true
  try {
    const own = { body: standIn?.body, headers: standIn?.headers ?? init.headers, dispatcher: call }
    const response = await platformFetch(input, { ...init, ...own } as unknown as RequestInit)
    failed = false
    logs.set(response, plan.log)
    return response
  } finally {
    call.settle(failed)
  }
}

/** Sends a Request with its own body, whose stream, if it has one, can go on after a redirect. */
async function sendBodyOf(
  request: Request,
  realm: 'platform' | 'undici',
  { init }: Target,
  plan: Plan,
): Promise<Response> {
  const taken = new RequestBody(init.signal ?? request.signal)
  const { signal } = taken
  const begun =
    realm === 'platform'
      ? send({ input: request, init: { ...init, signal } }, plan, null, taken)
      : undiciFetch(request as unknown as UndiciRequest, {
          signal,
          dispatcher: taken as unknown as Dispatcher,
        }).then(() => null)
  const found = await Promise.race([begun, taken.content])
  if (found instanceof Response) return found
  // It ends with the content, by an abort.
  begun.catch(() => {})
  return send(readRequest(request, init), plan, found)
}

/**
 * What the upload behind a response of `fetch` or `upload` did; `undefined` for responses
 * that came from elsewhere.
 */
export function reportOf(response: Response): UploadReport | undefined {
  return logs.get(response)?.snapshot()
}

/**
 * A body of one byte, which the platform's fetch knows how to send again after a redirect;
 * the call's dispatcher puts the content in its place.
 */
function standInFor(input: FetchInput, init: Omit<FetchInit, 'body'>, content: Content): StandIn {
  const headers = new Headers(
    init.headers ?? (input instanceof Request ? input.headers : undefined),
  )
  if (content.type !== null && !headers.has('content-type')) {
    headers.set('content-type', content.type)
  }
  const length = headers.get('content-length')
  headers.delete('content-length')
  return { body: new Uint8Array(1), headers, content, length }
}
