import type { ReadableStream } from 'node:stream/web'
import { type Dispatcher, errors } from 'undici/index.js'
import { pairsOf, type ResponseFields } from '../headers.ts'
import { keepFailure } from '../report/reported.ts'
import { type Call, cancelCall } from '../upload/expect-request.ts'
import { DecodedBody } from './decoded-body.ts'
import { decodersOf, terminated } from './decoding.ts'
import type { OutgoingRequest } from './request.ts'
import { type BodySink, ResponseBody } from './response-body.ts'
import { type UploadResponseInit, uploadResponse } from './upload-response.ts'

type Controller = Dispatcher.DispatchController

/** Statuses of responses that have no content (Fetch standard, null body status). */
const withoutContent = [204, 205, 304]

interface ResponseWaiter {
  resolve(response: Response): void
  reject(reason: unknown): void
}

/** Makes the platform's Response from the events of a dispatch. */
export class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #call: Call
  readonly #request: OutgoingRequest
  readonly #fixesHeaders: boolean
  /** `null` once the promise is settled. */
  #waiter: ResponseWaiter | null
  #body: BodySink | null = null

  constructor(call: Call, request: OutgoingRequest, fixesHeaders: boolean, waiter: ResponseWaiter) {
    this.#call = call
    this.#request = request
    this.#fixesHeaders = fixesHeaders
    this.#waiter = waiter
    request.signal?.addEventListener('abort', this)
  }

  handleEvent(): void {
    const reason: unknown = this.#request.signal?.reason
    this.#fail(reason)
    cancelCall(this.#call, reason)
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
    const head = this.#head(status, message, fields)
    if (withoutContent.includes(status)) {
      this.#resolve(uploadResponse(null, head))
      return
    }
    this.#resolve(uploadResponse(this.#decodedStream(controller, fields['content-encoding']), head))
  }

  #decodedStream(controller: Controller, codings: ResponseFields[string]): ReadableStream {
    const decoders = codings === undefined ? [] : decodersOf(String(codings))
    const decoded = decoders.length === 0 ? null : new DecodedBody(controller, decoders)
    const onClosed = this.#request.signal === null ? null : () => this.stopListening()
    const body = new ResponseBody(decoded ?? controller, onClosed)
    decoded?.pipe(body)
    this.#body = decoded ?? body
    return body.stream()
  }

  #head(status: number, statusText: string, fields: ResponseFields): UploadResponseInit {
    const { log } = this.#call
    const { location } = log
    const { origin, url } = this.#request
    const elsewhere =
      location !== null && log.attempts.some((attempt) => new URL(attempt.url).origin !== origin)
    return {
      status,
      statusText,
      fields: pairsOf(fields),
      fixesHeaders: this.#fixesHeaders,
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
    if (this.#body === null) this.stopListening()
    else this.#body.end()
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.stopListening()
    if (this.#waiter !== null) {
      this.#fail(error)
      return
    }
    const failure = terminated(error)
    keepFailure(failure, this.#call.log)
    this.#fail(failure)
  }

  #resolve(response: Response): void {
    this.#waiter?.resolve(response)
    this.#waiter = null
  }

  #fail(reason: unknown): void {
    this.stopListening()
    this.#waiter?.reject(reason)
    this.#waiter = null
    this.#body?.fail(reason)
  }

  stopListening(): void {
    this.#request.signal?.removeEventListener('abort', this)
  }
}
