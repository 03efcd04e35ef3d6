import type { Dispatcher } from 'undici'
import type { Content } from '../content/content.ts'
import { UploadError } from '../errors.ts'
import type { ExpectOptions } from '../options/options.ts'
import { isRedirect } from '../recovery/redirect.ts'
import { keepFailure } from '../report/reported.ts'
import type { UploadLog } from '../report/upload-log.ts'
import {
  type Call,
  callKey,
  cancelCall,
  type ExpectDispatchOptions,
} from '../upload/expect-request.ts'
import type { RecoveryStep } from '../upload/recovery-step.ts'
import { askingDispatch } from './asking-dispatch.ts'
import type { OutgoingRequest } from './request.ts'
import { ResponseHandler } from './response-handler.ts'

export interface CallSettings {
  readonly dispatcher: Dispatcher | undefined
  /** The caller's options for this request. */
  readonly options: ExpectOptions
  readonly log: UploadLog
}

interface SendOptions extends CallSettings {
  /** Recovery steps beyond those of every upload. */
  readonly steps: readonly RecoveryStep[]
  readonly failsAtRedirect: boolean
  /** Whether the header fields of the response are immutable, as in fetch. */
  readonly fixesHeaders: boolean
}

/** A placeholder for the body; the content itself is in the call. */
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
    return await responseTo(request, known, options)
  } catch (error) {
    keepFailure(error, options.log)
    throw error
  }
}

function responseTo(
  request: OutgoingRequest,
  content: Content,
  { dispatcher, options, log, steps, failsAtRedirect, fixesHeaders }: SendOptions,
): Promise<Response> {
  const mapped = failsAtRedirect && { mapStatus: failAtRedirect }
  const call: Call = { content, log, steps, controller: null, ...mapped }
  const { origin, path, method, headers, signal } = request
  return new Promise<Response>((resolve, reject) => {
    let handler: ResponseHandler | null = null
    try {
      signal?.throwIfAborted()
      handler = new ResponseHandler(call, request, fixesHeaders, { resolve, reject })
      const own = {
        origin,
        path,
        method,
        headers,
        body: present,
        ...options,
        [callKey]: call,
      }
      askingDispatch(dispatcher)(own satisfies ExpectDispatchOptions, handler)
    } catch (error) {
      handler?.stopListening()
      cancelCall(call, error)
      throw error
    }
  })
}

/** The status to return, or the error of a call whose redirects are errors. */
function failAtRedirect(status: number): number | UploadError {
  if (!isRedirect(status)) return status
  const message = `The origin answered ${status}, and redirect is 'error'; set it to 'follow' or 'manual'`
  return new UploadError('ERR_EXPECT_REDIRECT', message)
}
