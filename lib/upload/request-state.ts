import { defaults } from '../options/options.ts'
import type { Decision } from '../protocol/decision.ts'
import type { Route, Routes } from '../routes/route.ts'
import { type WaitLimit, waitLimit } from '../routes/wait-limit.ts'
import type { HttpRequest } from './http-request.ts'
import type { UploadContext } from './upload-context.ts'

/** Where an upload is on its way: the request that is made next, its route, and whether it asks there. */
export class RequestState {
  readonly #uploadContext: UploadContext
  /** Origins where an expectation failed, and is not tried again. */
  readonly #withoutExpect: string[] = []
  /** Origins that seem to refuse HTTP/1.1. */
  readonly #refusing: string[] = []
  #httpRequest: HttpRequest
  #routes: Routes

  constructor(uploadContext: UploadContext) {
    this.#uploadContext = uploadContext
    this.#httpRequest = uploadContext.httpRequest
    this.#routes = uploadContext.routesOf(uploadContext.httpRequest)
  }

  get httpRequest(): HttpRequest {
    return this.#httpRequest
  }

  /** What is known of the way there, over one version of the protocol. */
  route(isHttp2: boolean): Route {
    return isHttp2 ? this.#routes.http2 : this.#routes.http1
  }

  /** What a dispatch says of HTTP/2 there; `undefined` leaves it to the dispatcher. */
  get allowH2(): boolean | undefined {
    return this.prefersHttp1 ? false : this.#wantedHttp2
  }

  get #wantedHttp2(): boolean | undefined {
    return this.#uploadContext.request.allowH2 ?? this.#uploadContext.interceptorContext.allowH2
  }

  /** Whether HTTP/2 is left out because that is better for this request, and nobody decided otherwise. */
  get prefersHttp1(): boolean {
    const { origin } = this.#httpRequest
    if (this.#wantedHttp2 !== undefined || !origin.startsWith('https:')) return false
    if (this.#refusing.includes(origin) || this.#routes.http2Only) return false
    return this.#uploadContext.isLarge(this.#httpRequest)
  }

  /** Whether the origin may speak HTTP/2 alone, for all that is known. */
  get mayNeedHttp2(): boolean {
    return this.prefersHttp1 && !this.#routes.speaksHttp1
  }

  /** The origin seems to speak HTTP/2 alone. */
  refusedHttp1(): void {
    this.#refusing.push(this.#httpRequest.origin)
  }

  /** A connection to it stands. */
  connected(isHttp2: boolean): void {
    if (this.#refusing.includes(this.#httpRequest.origin)) this.#routes.offeredBoth(isHttp2)
  }

  /** The request with what is sent along to answer challenges before they come. */
  get prepared(): HttpRequest {
    if (!this.#uploadContext.authenticates) return this.#httpRequest
    return this.#uploadContext.recovery.prepared?.(this.#httpRequest) ?? this.#httpRequest
  }

  /** Whether a request asks there, before it is known which version its connection speaks. */
  get decision(): Decision {
    return this.decide(this.#httpRequest.origin.startsWith('https:') && this.allowH2 !== false)
  }

  /** Whether a request asks there. */
  decide(isHttp2: boolean): Decision {
    if (!this.#httpRequest.hasContent) return { asks: false, reason: 'no-content' }
    if (this.#withoutExpect.includes(this.#httpRequest.origin))
      return { asks: false, reason: 'remembered-417' }
    return this.#uploadContext.decide(this.#httpRequest, this.route(isHttp2))
  }

  /** How long content is held back there. */
  waitLimit(isHttp2: boolean): WaitLimit {
    const { continueTimeout } = this.#uploadContext.settings
    return waitLimit(continueTimeout, this.route(isHttp2), defaults.continueTimeout)
  }

  /** Whether there is content to read that is to have no byte. */
  get isEmpty(): boolean {
    const { buffered, content } = this.#uploadContext
    return this.#httpRequest.hasContent && buffered === null && content?.length === 0
  }

  /** Goes on to another request. */
  move(httpRequest: HttpRequest): void {
    this.#httpRequest = httpRequest
    this.#routes = this.#uploadContext.routesOf(httpRequest)
  }

  /** An expectation failed here. */
  disableExpect(): void {
    this.#withoutExpect.push(this.#httpRequest.origin)
  }
}
