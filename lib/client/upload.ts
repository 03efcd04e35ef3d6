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
import type { UploadListeners, UploadReport } from '../report/report.ts'
import { UploadLog } from '../report/upload-log.ts'
import { http } from '../runtime/builtins.ts'
import { checkDispatcher, refuseUnknown } from '../unknown.ts'
import { isSignal, type OutgoingRequest } from './request.ts'
import { send } from './send.ts'
import { type UploadTarget, uploadRequest } from './upload-request.ts'

/** Options of `upload`. */
export interface UploadOptions extends Omit<ExpectOptions, 'redirect'>, UploadListeners {
  /** @default 'PUT' */
  method?: string
  headers?: RequestInit['headers']
  /** Aborts the upload, which then rejects with the signal's reason. */
  signal?: AbortSignal
  /**
   * What to do about a redirect: follow it, return it, or fail. A redirect without a usable
   * Location is returned, and so is one whose content would have to be sent again but cannot be.
   *
   * @default 'follow'
   */
  redirect?: 'follow' | 'manual' | 'error'
  /** The undici dispatcher to use. @default the process's, or a shared ExpectAgent */
  dispatcher?: Dispatcher
}

/** The result of an upload. */
export interface UploadResult {
  /** The platform's `Response`, whatever its status. */
  readonly response: Response
  /** What happened on the way. */
  readonly report: UploadReport
}

const known = [
  ...expectOptionNames,
  ...listenerNames,
  ...['method', 'headers', 'signal', 'dispatcher'],
]

/** The dispatch option `redirect` for each value of the upload's. */
const modes = { follow: 'follow', manual: 'manual', error: 'manual' } as const

/**
 * Uploads content, asking first.
 *
 * ```ts
 * const { response, report } = await upload(url, fromFile('video.h264'))
 * ```
 *
 * @returns the response, whatever its status, and a report.
 * @throws TypeError naming an option that is unknown or cannot be used.
 * @throws UploadError for failures that this package finds; errors of undici, of the socket and
 * of the source are passed on as they are.
 */
export async function upload(
  url: string | URL,
  content: ContentInput,
  options: UploadOptions = {},
): Promise<UploadResult> {
  refuseUnknown(options, known)
  if (content === null || content === undefined) {
    throw new TypeError("Content is missing; pass '' to upload nothing")
  }
  const { method = 'PUT', headers = {}, signal, redirect = 'follow', dispatcher } = options
  if (typeof method !== 'string') throw new TypeError("Option 'method' must be a string")
  if (typeof headers !== 'object' || headers === null) {
    throw new TypeError("Option 'headers' must be header fields, as fetch takes them")
  }
  if (!Object.hasOwn(modes, redirect)) {
    throw new TypeError(`Option 'redirect' must be 'follow', 'manual' or 'error', not ${redirect}`)
  }
  if (signal !== undefined && !isSignal(signal)) {
    throw new TypeError("Option 'signal' must be an AbortSignal")
  }
  checkDispatcher(dispatcher)
  const own = callOptions({ ...options, redirect: modes[redirect] }, String(url))
  const log = new UploadLog(pickListeners(options))
  const body = contentOf(content)
  const passedHost = content instanceof http.IncomingMessage ? content.headers.host : undefined
  const request = requestFor({ url, method, headers, signal: signal ?? null, passedHost }, body)
  const response = await send(request, body, {
    dispatcher,
    options: own,
    steps: misdirection(body),
    failsAtRedirect: redirect === 'error',
    log,
    fixesHeaders: false,
  })
  return { response, report: log.snapshot() }
}

function requestFor(target: Omit<UploadTarget, 'type'>, content: Content): OutgoingRequest {
  try {
    return uploadRequest({ ...target, type: content.type })
  } catch (error) {
    content.discard?.(error)
    throw error
  }
}
