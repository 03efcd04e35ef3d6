import { type Dispatcher, type Request as UndiciRequest, fetch as undiciFetch } from 'undici'
import { type ContentInput, contentOf } from '../content/content.ts'
import { callOptions, type ExpectOptions } from '../options.ts'
import type { UploadListeners } from '../report/report.ts'
import { UploadLog } from '../report/upload-log.ts'
import { checkDispatcher, definedOf } from '../unknown.ts'
import { pickListeners } from './listeners.ts'
import { type CallPlan, callPlatform, type FetchInput, type Target } from './platform-fetch.ts'
import { readRequest, realmOf } from './request.ts'
import { RequestBody } from './request-body.ts'

// The platform's types know another version's Dispatcher, or, beside those of the DOM, none.
type PlatformDispatcher = RequestInit extends { dispatcher?: infer Found } ? Found : never

/** What `fetch` takes beside a RequestInit. */
export interface FetchOptions extends Omit<ExpectOptions, 'redirect' | 'retry'>, UploadListeners {
  /** Whatever an upload can send. */
  body?: ContentInput | RequestInit['body'] | null
  /** Taken as fetch takes it; the types of the DOM do not know it. It is never needed. */
  duplex?: 'half'
  /** The undici dispatcher to use. @default the process's, or a shared ExpectAgent */
  dispatcher?: Dispatcher | PlatformDispatcher
}

/** A RequestInit, with more kinds of body and with ExpectOptions. */
export type FetchInit = Omit<RequestInit, 'body' | 'dispatcher'> & FetchOptions

/**
 * The platform's fetch, asking before it sends large content.
 *
 * Beyond what fetch takes, `body` may be a Node stream, an iterable, `fromFile()` or a
 * function that makes one of these; `duplex` is never needed. ExpectOptions, `onProgress` and
 * `onInterim` are taken from init, but not `retry`, by which name many libraries pass
 * something of their own: give it to `createFetch`, or to an agent.
 *
 * @returns the platform's `Response`; HTTP errors resolve.
 * @throws TypeError for network errors, with the error itself as its `cause`, and for
 * options that cannot be used.
 */
export function fetch(resource: FetchInput, options?: FetchInit): Promise<Response> {
  return fetchWith({}, resource, options)
}

/** What a call is given beside the options. */
interface Bound extends UploadListeners {
  dispatcher?: Dispatcher | undefined
}

/** The same, with options that are further away than those of init. */
export async function fetchWith(
  { retry, ...bound }: Omit<ExpectOptions, 'redirect'> & Bound,
  resource: FetchInput,
  options?: FetchInit,
): Promise<Response> {
  const { body, onProgress, onInterim, dispatcher, ...rest } = { ...bound, ...definedOf(options) }
  checkDispatcher(dispatcher)
  // Redirects are followed by the platform's fetch, as fetch does.
  // Inside, what is wrong with an option would look like a network error.
  const own = callOptions({ ...rest, retry, redirect: 'manual' }, urlOf(resource))
  const log = new UploadLog(pickListeners({ onProgress, onInterim }))
  const plan: CallPlan = { dispatcher: dispatcher as Dispatcher | undefined, options: own, log }
  const realm = realmOf(resource)
  const request = realm === null ? null : (resource as Request)
  const target =
    request === null || realm === 'platform'
      ? { input: resource, init: rest }
      : readRequest(request, rest)
  if (body !== undefined && body !== null) return callPlatform(target, plan, contentOf(body))
  if (realm === null || !request?.body) return callPlatform(target, plan, null)
  if (realm === 'other') return callPlatform(target, plan, contentOf(request.body))
  return sendBodyOf(request, realm, target, plan)
}

function urlOf(resource: FetchInput): string {
  return resource instanceof URL ? resource.href : String(Object(resource).url ?? resource)
}

/** Sends a Request with its own body, whose stream, if it has one, can go on after a redirect. */
async function sendBodyOf(
  request: Request,
  realm: 'platform' | 'undici',
  { init }: Target,
  plan: CallPlan,
): Promise<Response> {
  const taken = new RequestBody(init.signal ?? request.signal)
  const { signal } = taken
  const begun =
    realm === 'platform'
      ? callPlatform({ input: request, init: { ...init, signal } }, plan, null, taken)
      : undiciFetch(request as unknown as UndiciRequest, {
          signal,
          dispatcher: taken as unknown as Dispatcher,
        }).then(() => null)
  const found = await Promise.race([begun, taken.content])
  if (found instanceof Response) return found
  // It ends with the content, by an abort.
  begun.catch(() => {})
  return callPlatform(readRequest(request, init), plan, found)
}
