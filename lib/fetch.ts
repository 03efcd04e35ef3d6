import type { Dispatcher } from 'undici'
import { CallDispatcher, type StandIn } from './call.ts'
import { type Content, type ContentInput, contentOf } from './content.ts'
import { readForeign } from './foreign.ts'
import { defaults, type ExpectOptions, pickExpectOptions, settle } from './options.ts'
import { type Progress, UploadLog, type UploadReport } from './report.ts'

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
  const foreign = readForeign(resource)
  const input = foreign?.url ?? resource
  const init: FetchInit = { ...foreign?.init, ...options }
  const { body, onProgress, dispatcher, ...rest } = init
  const expectOptions = pickExpectOptions(init) ?? {}
  // Inside, what is wrong with an option would look like a network error.
  settle(expectOptions, { ...defaults, memory: false })
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError("Option 'onProgress' must be a function")
  }
  const content = body === undefined || body === null ? null : contentOf(body)
  const log = new UploadLog(onProgress)
  const standIn = content === null ? null : standInFor(input, rest, content)
  const chosen = dispatcher as Dispatcher | undefined
  const call = new CallDispatcher({ dispatcher: chosen, options: expectOptions, log, standIn })
  let failed = true
  try {
    const own = { body: standIn?.body, headers: standIn?.headers ?? rest.headers, dispatcher: call }
    const response = await platformFetch(input, { ...rest, ...own } as unknown as RequestInit)
    failed = false
    logs.set(response, log)
    return response
  } finally {
    call.settle(failed)
  }
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
