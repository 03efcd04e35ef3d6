import { type Dispatcher, errors } from '#undici'
import type { ResponseFields } from '../headers.ts'
import { keepFailure } from '../report/reported.ts'
import { decodedBody } from './decoded-body.ts'
import type { OutgoingRequest } from './request.ts'
import { ResponseBody } from './response-body.ts'
import type { SendOptions, SentCall } from './send.ts'
import { terminated } from './terminated.ts'
import { type ResponseHead, UploadResponse } from './upload-response.ts'

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
  readonly #call: SentCall
  readonly #request: OutgoingRequest
  readonly #headersOf: SendOptions['headersOf']
  /** `null` once there is an answer. */
  #waiter: ResponseWaiter | null
  #body: ResponseBody | null = null

  constructor(
    call: SentCall,
    request: OutgoingRequest,
    headersOf: SendOptions['headersOf'],
    waiter: ResponseWaiter,
  ) {
    this.#call = call
    this.#request = request
    this.#headersOf = headersOf
    this.#waiter = waiter
    request.signal?.addEventListener('abort', this)
  }

  /** Its signal was aborted. */
  handleEvent(): void {
    const reason: unknown = this.#request.signal?.reason
    this.#fail(reason)
    this.#call.cancel(reason)
  }

  onRequestStart(controller: Controller): void {
    if (this.#waiter === null) controller.abort(new errors.RequestAbortedError())
  }

  onResponseStart(
    controller: Controller,
    status: number,
    fields: ResponseFields,
    message: string = '',
  ): void {
    if (status < 200 || this.#waiter === null) return
    const headers = this.#headersOf(fields)
    const head = this.#head(status, message, headers)
    if (withoutContent.includes(status)) {
      this.#answer(new UploadResponse(null, head))
      return
    }
    this.#body = new ResponseBody(controller)
    const stream = this.#body.stream()
    const codings = headers.get('content-encoding')
    this.#answer(new UploadResponse(codings === null ? stream : decodedBody(stream, codings), head))
  }

  #head(status: number, statusText: string, headers: Headers): ResponseHead {
    const { log } = this.#call
    const { location } = log
    const { origin, url } = this.#request
    const elsewhere =
      location !== null && log.attempts.some((attempt) => new URL(attempt.url).origin !== origin)
    return {
      status,
      statusText,
      headers,
      type: elsewhere ? 'cors' : 'basic',
      url: location ?? url,
      redirected: location !== null,
      log,
    }
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
    if (this.#waiter !== null) {
      this.#fail(error)
      return
    }
    const failure = terminated(error)
    keepFailure(failure, this.#call.log)
    this.#fail(failure)
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
    this.#request.signal?.removeEventListener('abort', this)
  }
}
