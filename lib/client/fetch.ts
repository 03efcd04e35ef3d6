import type { Dispatcher } from 'undici'
import type { Content, ContentInput } from '../content/content.ts'
import { contentOf } from '../content/kinds.ts'
import type { ExpectOptions } from '../options/options.ts'
import {
  callOptions,
  expectOptionNames,
  listenerNames,
  pickListeners,
} from '../options/settings.ts'
import { misdirection } from '../recovery/misdirected.ts'
import { Redirection } from '../recovery/redirect.ts'
import type { UploadListeners } from '../report/report.ts'
import { keepFailure } from '../report/reported.ts'
import { UploadLog } from '../report/upload-log.ts'
import { checkDispatcher, checkIsObject, warnOfTypos } from '../unknown.ts'
import {
  type FetchArguments,
  fetchArguments,
  hasBlockedPort,
  outgoingRequest,
} from './fetch-request.ts'
import { type FetchInput, fetchWithoutContent, platformFetch } from './platform-fetch.ts'
import { contentOfRequest, readRequest, requestIn } from './request-input.ts'
import { type CallSettings, send } from './send.ts'

// @types/node has the Dispatcher of another version of undici; with the DOM's types there is none.
type PlatformDispatcher = RequestInit extends { dispatcher?: infer Found } ? Found : never

/** Options of `fetch` beyond RequestInit. */
export interface FetchOptions extends Omit<ExpectOptions, 'redirect' | 'retry'>, UploadListeners {
  /** Whatever an upload can send. */
  body?: ContentInput | RequestInit['body'] | null
  /** Accepted as in fetch, but never needed. The DOM's types lack it. */
  duplex?: 'half'
  /** The undici dispatcher to use. @default the process's, or a shared ExpectAgent */
  dispatcher?: Dispatcher | PlatformDispatcher
}

/** Defaults of a bound fetch; the init of a call overrides them. */
export interface CreateFetchOptions extends Omit<ExpectOptions, 'redirect'>, UploadListeners {
  /** The undici dispatcher to use. @default the process's, or a shared ExpectAgent */
  dispatcher?: Dispatcher
}

/** A RequestInit, with more kinds of body and with ExpectOptions. */
export type FetchInit = Omit<RequestInit, 'body' | 'dispatcher'> & FetchOptions

/**
 * The platform's fetch, asking before it sends large content.
 *
 * Beyond what fetch takes, `body` may be a Node stream, an iterable, `fromFile()` or a
 * function that makes one of these; `duplex` is never needed. ExpectOptions, `onProgress` and
 * `onInterim` are taken from init, but not `retry`, because many libraries pass an option of
 * their own by that name: pass it to `createFetch`, or to an agent.
 *
 * @returns the platform's `Response`; HTTP errors resolve.
 * @throws TypeError for network errors, with the error itself as its `cause`, and for
 * options that cannot be used.
 */
export function fetch(resource: FetchInput, options?: FetchInit): Promise<Response> {
  return fetchWith({}, resource, options)
}

export async function fetchWith(
  { retry, ...bound }: CreateFetchOptions,
  resource: FetchInput,
  options?: FetchInit,
): Promise<Response> {
  const members = membersOf(options)
  warnOfTypos(members, ownNames, standardNames)
  const { body, onProgress, onContinue, onInterim, dispatcher, ...rest } = { ...bound, ...members }
  checkDispatcher(dispatcher)
  // Checked here: later, a bad option would be reported as a network error. `redirect` is the one of the Fetch standard.
  const own = callOptions({ ...rest, redirect: undefined, retry }, urlOf(resource))
  const log = new UploadLog(pickListeners({ onProgress, onContinue, onInterim }))
  const settings = { dispatcher: dispatcher as Dispatcher | undefined, options: own, log }
  const source = requestIn(resource)
  const given = body ?? source?.body ?? null
  if (given === null) {
    const [input, read] = source === null ? [resource, {}] : readRequest(source)
    return fetchWithoutContent(input, { ...read, ...rest }, settings)
  }
  const checked = fetchArguments(resource, source, rest)
  // Other schemes, such as data: and blob:, ignore content.
  const { request, signal } = checked
  if (!/^https?:/.test(request.url)) return platformFetch(request, { signal })
  if (source === null || given === body) return sendContent(checked, contentOf(body), settings)
  const content = contentOfRequest(source)
  // The form is encoded again, with another boundary.
  const { headers } = request
  if (isForm(content.type) && isForm(headers.get('content-type'))) headers.delete('content-type')
  return sendContent(checked, content, settings)
}

/** Options of this package's fetch. Libraries pass a `retry` of their own. */
const ownNames = [...expectOptionNames, ...listenerNames].filter((name) => name !== 'retry')

function urlOf(resource: FetchInput): string {
  return resource instanceof URL ? resource.href : String(Object(resource).url ?? resource)
}

function isForm(type: string | null): boolean {
  return type?.startsWith('multipart/form-data') ?? false
}

/** Members of a RequestInit, which may be on its prototype, as they are where a Request is used as init. */
const standardNames = [
  ...['method', 'headers', 'body', 'signal', 'redirect', 'keepalive', 'integrity', 'cache'],
  ...['credentials', 'mode', 'referrer', 'referrerPolicy', 'duplex', 'dispatcher'],
]

/** The members of an init; undefined ones count as missing (Web IDL, dictionaries). */
function membersOf(init: FetchInit | undefined): FetchInit {
  // The platform's fetch also accepts null and functions.
  if (typeof init !== 'function') checkIsObject(init ?? {})
  const from = { ...init } as Record<string, unknown>
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(init ?? from))
  const members: Record<string, unknown> = {}
  for (const name of isPlain ? [] : standardNames) from[name] = (init as typeof from)[name]
  for (const name of Object.keys(from)) if (from[name] !== undefined) members[name] = from[name]
  return members
}

async function sendContent(
  checked: FetchArguments,
  content: Content,
  { dispatcher, options, log }: CallSettings,
): Promise<Response> {
  const { request, signal } = checked
  const { redirect, integrity } = request
  const steps = [...misdirection(content), ...redirections(request, content, options)]
  try {
    if (!signal?.aborted) refuseBlockedPort(request, content)
    const response = await send(outgoingRequest(checked, content.type), content, {
      dispatcher,
      // The steps of this call follow redirects.
      options: { ...options, redirect: 'manual' },
      steps,
      failsAtRedirect: redirect === 'error',
      log,
      fixesHeaders: true,
    })
    if (integrity !== '') await checkIntegrity(response.clone(), integrity)
    return response
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw error
    const failure = new TypeError('fetch failed', { cause: error })
    keepFailure(failure, log)
    throw failure
  }
}

/** Redirects that fetch follows one after another (Fetch standard, HTTP-redirect fetch). */
const maxRedirections = 20

function redirections(
  { redirect, mode }: Request,
  { replayable }: Content,
  options: ExpectOptions,
): Redirection[] {
  const settings = { maxRedirections, allowInsecureRedirect: true, ...options }
  if (redirect !== 'follow' || settings.maxRedirections === 0) return []
  return [new Redirection(settings, { mode, oneShot: !replayable })]
}

function refuseBlockedPort({ url }: Request, content: Content): void {
  if (!hasBlockedPort(new URL(url))) return
  const error = new Error('bad port')
  content.discard?.(error)
  throw error
}

/**
 * Reads a response to its end and compares it with the integrity of its request.
 *
 * @throws TypeError if they differ.
 */
async function checkIntegrity(response: Response, integrity: string): Promise<void> {
  const url = URL.createObjectURL(await response.blob())
  try {
    // The platform's fetch parses the integrity and compares.
    await platformFetch(url, { integrity })
  } catch (error) {
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error
  } finally {
    URL.revokeObjectURL(url)
  }
}
