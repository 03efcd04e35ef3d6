import { type Dispatcher, errors } from 'undici'
import type { ResponseFields } from '../headers.ts'
import { headersOf } from '../headers.ts'
import { decoded } from './decoding.ts'
import { ResponseBody } from './response-body.ts'
import { terminated } from './terminated.ts'
import { freeUnread } from './unread.ts'
import type { UploadCall } from './upload-call.ts'
import type { UploadRequest } from './upload-request.ts'
import { UploadResponse } from './upload-response.ts'

type Controller = Dispatcher.DispatchController

/** Statuses of responses that have no content (Fetch standard, null body status). */
const withoutContent = [204, 205, 304]

/** Who waits for a response. */
export interface ResponseWaiter {
  resolve(response: Response): void
  reject(reason: unknown): void
}

/** Makes the platform's Response of what a dispatch brings. */
export class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #call: UploadCall
  readonly #request: UploadRequest
  readonly #signal: AbortSignal | null
  /** `null` once there is an answer. */
  #waiter: ResponseWaiter | null
  #controller: Controller | null = null
  #body: ResponseBody | null = null

  constructor(
    call: UploadCall,
    request: UploadRequest,
    signal: AbortSignal | null,
    waiter: ResponseWaiter,
  ) {
    this.#call = call
    this.#request = request
    this.#signal = signal
    this.#waiter = waiter
    signal?.addEventListener('abort', this)
  }

  /** Its signal was aborted. */
  handleEvent(): void {
    const reason: unknown = this.#signal?.reason
    this.#call.cancel(reason)
    this.#fail(reason)
    this.#controller?.abort(new errors.RequestAbortedError('The signal was aborted'))
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#waiter === null) controller.abort(new errors.RequestAbortedError())
  }

  onResponseStart(
    controller: Controller,
    status: number,
    fields: ResponseFields,
    message: string = '',
  ): void {
    if (status < 200 || this.#waiter === null) return
    const { location } = this.#call.log
    const headers = headersOf(fields)
    const head = {
      status,
      statusText: message,
      headers,
      url: location ?? this.#request.url,
      redirected: location !== null,
    }
    if (withoutContent.includes(status)) {
      this.#answer(new UploadResponse(null, head))
      return
    }
    const body = new ResponseBody(controller)
    const codings = headers.get('content-encoding')
    const stream = codings === null ? body.stream : decoded(body.stream, codings)
    const response = new UploadResponse(stream, head)
    this.#body = body
    this.#answer(response)
    // Most responses come in one piece with their head.
    queueMicrotask(() => body.open && freeUnread(response, stream))
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#body?.push(chunk)
  }

  onResponseEnd(): void {
    this.leave()
    this.#body?.end()
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.leave()
    this.#fail(this.#waiter === null ? terminated(error) : error)
  }

  #answer(response: Response): void {
    this.#waiter?.resolve(response)
    this.#waiter = null
  }

  #fail(reason: unknown): void {
    this.leave()
    this.#waiter?.reject(reason)
    this.#waiter = null
    this.#body?.fail(reason)
  }

  /** Listens to its signal no longer. */
  leave(): void {
    this.#signal?.removeEventListener('abort', this)
  }
}
