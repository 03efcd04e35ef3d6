import type { Dispatcher } from 'undici'
import type { Content } from '../content/content.ts'
import { UploadError } from '../errors.ts'
import type { ExpectOptions } from '../options/options.ts'
import { isRedirect } from '../recovery/redirect.ts'
import { keepFailure } from '../report/reported.ts'
import type { UploadLog } from '../report/upload-log.ts'
import { type Call, callKey, type ExpectDispatchOptions } from '../upload/expect-request.ts'
import type { RecoveryStep } from '../upload/recovery-step.ts'
import { askingDispatch } from './asking-dispatch.ts'
import type { OutgoingRequest } from './request.ts'
import { ResponseHandler } from './response-handler.ts'

/** How a request with content is sent. */
interface SendOptions {
  readonly dispatcher: Dispatcher | undefined
  /** The caller's options for this request. */
  readonly options: ExpectOptions
  /** Recovery steps beyond those of every upload. */
  readonly steps: readonly RecoveryStep[]
  /** Whether a redirect is an error. */
  readonly failsAtRedirect: boolean
  readonly log: UploadLog
  /** Whether the header fields of the response are immutable, as in fetch. */
  readonly fixesHeaders: boolean
}

/** A placeholder for the body; the content itself is in the SentCall. */
const present = Buffer.alloc(0)

/**
 * Sends a request with content: one dispatch, however many attempts it takes.
 *
 * @returns the platform's `Response`, whatever its status.
 */
export async function send(
  request: OutgoingRequest,
  content: Content,
  options: SendOptions,
): Promise<Response> {
  try {
    const known = content.lookUp === undefined ? content : await content.lookUp()
    return await responseTo(request, new SentCall(known, options), options)
  } catch (error) {
    keepFailure(error, options.log)
    throw error
  }
}

function responseTo(
  request: OutgoingRequest,
  call: SentCall,
  options: SendOptions,
): Promise<Response> {
  const { origin, path, method, headers, signal } = request
  return new Promise<Response>((resolve, reject) => {
    let handler: ResponseHandler | null = null
    try {
      signal?.throwIfAborted()
      handler = new ResponseHandler(call, request, options.fixesHeaders, { resolve, reject })
      const own = {
        origin,
        path,
        method,
        headers,
        body: present,
        ...options.options,
        [callKey]: call,
      }
      askingDispatch(options.dispatcher)(own satisfies ExpectDispatchOptions, handler)
    } catch (error) {
      handler?.leave()
      call.cancel(error)
      throw error
    }
  })
}

/** The call of `upload` or `fetch` that a dispatch belongs to. */
export class SentCall implements Call {
  readonly content: Content
  readonly log: UploadLog
  readonly steps: readonly RecoveryStep[]
  controller: Dispatcher.DispatchController | null = null
  readonly #failsAtRedirect: boolean

  constructor(content: Content, { log, steps, failsAtRedirect }: SendOptions) {
    this.content = content
    this.log = log
    this.steps = steps
    this.#failsAtRedirect = failsAtRedirect
  }

  /** Aborts the upload, or discards the content if it was not dispatched. */
  cancel(reason: unknown): void {
    if (this.controller === null) this.content.discard?.(reason)
    else this.controller.abort(reason as Error)
  }

  mapStatus(status: number): number | UploadError {
    if (!this.#failsAtRedirect || !isRedirect(status)) return status
    const message = `The origin answered ${status}, and redirect is 'error'; set it to 'follow' or 'manual'`
    return new UploadError('ERR_EXPECT_REDIRECT', message)
  }
}
