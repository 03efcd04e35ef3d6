import type { Dispatcher } from 'undici'
import { type ContentInput, contentOf } from '../content/content.ts'
import { callOptions, type ExpectOptions, expectOptionNames } from '../options.ts'
import type { UploadListeners, UploadReport } from '../report/report.ts'
import { keepReport } from '../report/reported.ts'
import { UploadLog } from '../report/upload-log.ts'
import { checkDispatcher, refuseUnknown } from '../unknown.ts'
import { askingDispatch } from '../upload/asking-dispatch.ts'
import { callKey, type ExpectRequest } from '../upload/expect-request.ts'
import { pickListeners } from './listeners.ts'
import { ResponseHandler } from './response-handler.ts'
import { UploadCall } from './upload-call.ts'
import { type UploadRequest, uploadRequest } from './upload-request.ts'

/** How an upload is made. */
export interface UploadOptions extends Omit<ExpectOptions, 'redirect'>, UploadListeners {
  /** @default 'PUT' */
  method?: string
  headers?: RequestInit['headers']
  /** Ends the upload; it then rejects with the signal's reason. */
  signal?: AbortSignal
  /**
   * What to do about a redirect: follow it, hand it over, or fail. One that leads away from
   * content which cannot go out again is handed over, and so is one without a usable Location.
   *
   * @default 'follow'
   */
  redirect?: 'follow' | 'manual' | 'error'
  /** The undici dispatcher to use. @default the process's, or a shared ExpectAgent */
  dispatcher?: Dispatcher
}

/** What came of an upload. */
export interface UploadResult {
  /** The platform's `Response`, whatever its status. */
  readonly response: Response
  /** What the upload did. */
  readonly report: UploadReport
}

const known = [
  ...expectOptionNames,
  'method',
  'headers',
  'signal',
  'onProgress',
  'onInterim',
  'dispatcher',
]

/** What a dispatch does about redirects, for each that an upload is told. */
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
 * @throws UploadError for what this package had to fail; errors of undici, of the socket and
 * of the source pass unwrapped.
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
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError("Option 'signal' must be an AbortSignal")
  }
  checkDispatcher(dispatcher)
  const own = callOptions({ ...options, redirect: modes[redirect] }, String(url))
  const log = new UploadLog(pickListeners(options))
  const call = new UploadCall(contentOf(content), log, redirect === 'error')
  const response = await new Promise<Response>((resolve, reject) => {
    let handler: ResponseHandler | null = null
    try {
      signal?.throwIfAborted()
      const { type } = call.content
      const request = uploadRequest({ url, method, headers, type })
      handler = new ResponseHandler(call, request, signal ?? null, { resolve, reject })
      askingDispatch(dispatcher)(dispatchOf(call, request, own), handler)
    } catch (error) {
      handler?.leave()
      call.cancel(error)
      throw error
    }
  })
  keepReport(response, log)
  return { response, report: log.snapshot() }
}

function dispatchOf(
  call: UploadCall,
  { origin, path, method, headers }: UploadRequest,
  own: ExpectOptions,
): ExpectRequest {
  // What stands where the body is says only that there is one.
  const body = Buffer.alloc(0)
  return { origin, path, method, headers, body, ...own, [callKey]: call }
}
