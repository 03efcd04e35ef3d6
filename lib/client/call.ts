import type { Dispatcher } from 'undici'
import type { Content } from '../content/content.ts'
import { Source } from '../content/source.ts'
import { UploadError } from '../errors.ts'
import { type Fields, withoutFields } from '../headers.ts'
import type { ExpectOptions } from '../options.ts'
import type { UploadLog } from '../report/upload-log.ts'
import { askingDispatch } from '../upload/asking-dispatch.ts'
import type { ResponseFields } from '../upload/attempt.ts'
import { type Call, callKey, type ExpectRequest } from '../upload/expect-request.ts'
import { Leavable } from '../upload/leavable.ts'
import { dispatchOlder } from '../upload/older-handler.ts'
import { Mask } from './mask.ts'
import type { RequestBody } from './request-body.ts'

/** What the platform's fetch is given in place of the content. */
export interface StandIn {
  readonly body: Uint8Array
  readonly headers: Headers
  readonly content: Content
  /** The caller's own `Content-Length`, or `null`. */
  readonly length: string | null
  /** Whether a redirect will be followed by the platform's fetch. */
  readonly follows: boolean
}

/** What one call is made of. */
export interface CallOptions {
  readonly dispatcher: Dispatcher | undefined
  readonly options: ExpectOptions
  readonly log: UploadLog
  /** `null` when the platform's fetch has the content itself, or there is none. */
  readonly standIn: StandIn | null
  /** What takes the body of a Request over, where a stream is behind it. */
  readonly taken: RequestBody | null
}

/**
 * The dispatcher for one call of `fetch`: it puts the caller's content where the
 * platform's fetch has a stand-in, and keeps the content until the call has settled, so that
 * a redirect can use what the request before it left untouched.
 */
export class CallDispatcher implements Call {
  readonly content: Content | null
  readonly log: UploadLog
  readonly mask: Mask = new Mask()
  source: Source | null = null
  turn = 0
  readonly #dispatch: Dispatcher.Dispatch
  readonly #options: ExpectOptions
  readonly #standIn: StandIn | null
  readonly #taken: RequestBody | null
  #method = ''
  #latest: Leavable | null = null
  #settled = false
  #over = false

  constructor({ dispatcher, options, log, standIn, taken }: CallOptions) {
    this.#dispatch = askingDispatch(dispatcher)
    this.#options = options
    this.#standIn = standIn
    this.#taken = taken
    this.content = standIn?.content ?? null
    this.log = log
  }

  /** What the platform's fetch calls, with handlers of either shape. */
  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!('onRequestStart' in handler)) {
      return dispatchOlder((own, wrapped) => this.dispatch(own, wrapped), request, handler)
    }
    if (this.#taken?.wants(request)) return this.#taken.dispatch(request, handler)
    // A fetch that dispatches again has done with the response before.
    this.#latest?.leave()
    this.#latest = new Leavable(handler)
    // A redirect may go on without the content; then nothing wants it any more.
    if (request.body !== null && request.body !== undefined) {
      this.#over = false
      this.turn += 1
    }
    this.#method = request.method
    // fetch says that it follows redirects by itself; the options say who does.
    const { maxRedirections: _none, ...rest }: ExpectRequest = request
    const headers = this.#headers(request.headers)
    const own: ExpectRequest = { ...rest, headers, ...this.#options, [callKey]: this }
    return this.#dispatch(own, this.#latest)
  }

  /** The status that the platform's fetch is shown. */
  shown(status: number, text: string, fields: ResponseFields): number | UploadError {
    // What is done about it was done before it came here.
    if (this.#standIn !== null && status === 421) return this.mask.put(status, text)
    if (this.#standIn !== null && !this.#standIn.content.replayable) {
      // With a stand-in the platform's fetch does what it would not do with a stream.
      const moved = (status === 301 || status === 302) && fields.location !== undefined
      if (moved && this.#standIn.follows && this.#method === 'POST') return lost(status)
    }
    return status
  }

  /** The call failed before its first dispatch: its content was aborted with it. */
  #neverDispatched(): void {
    if (this.content === null) return
    this.source = new Source(this.content, { length: this.content.length, replayWindow: 0 })
  }

  /** The stand-in's length is not the content's. */
  #headers(fields: Fields): NonNullable<Fields> {
    if (this.#standIn === null) return fields ?? []
    const headers = withoutFields(fields, 'content-length')
    const { length } = this.#standIn
    if (length !== null && this.content !== null) headers.push('content-length', length)
    return headers
  }

  /** A dispatch needs the content no longer; another one may, until the call has settled. */
  onOver(): void {
    this.#over = true
    if (this.#settled) this.source?.cancel()
  }

  /** The call has its response. */
  settle(): void {
    this.#settled = true
    if (this.#over) this.source?.cancel()
  }

  /** The call has failed, and its content with it. */
  fail(reason: unknown): void {
    this.#settled = true
    if (this.source === null) this.#neverDispatched()
    this.source?.cancel(reason)
  }
}

function lost(status: number): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    `The ${status} would make the POST a GET without its content, which can be read only once; set redirect to 'manual' to get the ${status} itself, or have the origin answer 307`,
  )
}
