import { defaults } from '../options/settings.ts'
import { type Decision, decide } from '../protocol/decision.ts'
import { Route } from '../routes/route.ts'
import { type WaitLimit, waitLimit } from '../routes/wait-limit.ts'
import type { HttpRequest } from './http-request.ts'
import type { UploadContext } from './upload-context.ts'

interface Routes {
  readonly http1: Route
  readonly http2: Route
}

/** The current request of an upload, its route, and whether it carries the expectation. */
export class RequestState {
  readonly #uploadContext: UploadContext
  /** Origins that answered 417, to which no expectation is sent again. */
  readonly #withoutExpect: string[] = []
  /** Origins that seem to refuse HTTP/1.1. */
  readonly #refusing: string[] = []
  #httpRequest: HttpRequest
  #routes: Routes

  constructor(uploadContext: UploadContext) {
    this.#uploadContext = uploadContext
    this.#httpRequest = uploadContext.httpRequest
    this.#routes = routesTo(uploadContext, uploadContext.httpRequest)
  }

  get httpRequest(): HttpRequest {
    return this.#httpRequest
  }

  /** The route of the request, over one HTTP version. */
  route(isHttp2: boolean): Route {
    return isHttp2 ? this.#routes.http2 : this.#routes.http1
  }

  /** The option `allowH2` of the dispatch; `undefined` leaves it to the dispatcher. */
  get allowH2(): boolean | undefined {
    return this.prefersHttp1 ? false : this.#wantedHttp2
  }

  get #wantedHttp2(): boolean | undefined {
    return this.#uploadContext.request.allowH2 ?? this.#uploadContext.interceptorContext.allowH2
  }

  /**
   * Whether only HTTP/1.1 is offered, because `allowH2` is not set and the content is large or of
   * unknown length. Such content is slow over HTTP/2, where most servers accept a window of 64 KiB per
   * round trip, and many never send a 100.
   */
  get prefersHttp1(): boolean {
    const { origin, hasContent } = this.#httpRequest
    const { content, settings } = this.#uploadContext
    if (!hasContent || content === null) return false
    if (this.#wantedHttp2 !== undefined || !origin.startsWith('https:')) return false
    if (this.#refusing.includes(origin)) return false
    if (this.#routes.http1.facts.includes('http2-only')) return false
    return content.length === null || content.length >= settings.threshold
  }

  /** Whether the origin may speak only HTTP/2. */
  get mayNeedHttp2(): boolean {
    return this.prefersHttp1 && !this.#routes.http1.facts.includes('http1')
  }

  /** The origin seems to speak only HTTP/2. */
  refusedHttp1(): void {
    this.#refusing.push(this.#httpRequest.origin)
  }

  connected(isHttp2: boolean): void {
    if (this.#refusing.includes(this.#httpRequest.origin)) this.route(isHttp2).chosen()
  }

  /** The request with credentials that are sent without waiting for a challenge. */
  get prepared(): HttpRequest {
    if (this.#uploadContext.settings.authenticate === null) return this.#httpRequest
    return this.#uploadContext.recovery.prepared?.(this.#httpRequest) ?? this.#httpRequest
  }

  /** Whether the request carries the expectation, before the HTTP version is known. */
  get decision(): Decision {
    return this.decide(this.#httpRequest.origin.startsWith('https:') && this.allowH2 !== false)
  }

  decide(isHttp2: boolean): Decision {
    const { origin, hasContent, part } = this.#httpRequest
    const { content, expect, settings } = this.#uploadContext
    if (!hasContent || content === null) return { asks: false, reason: 'no-content' }
    if (this.#withoutExpect.includes(origin)) return { asks: false, reason: 'remembered-417' }
    return decide({
      expect,
      threshold: settings.threshold,
      length: content.lengthOf(part),
      remembered: this.route(isHttp2).facts,
    })
  }

  waitLimit(isHttp2: boolean): WaitLimit {
    const { continueTimeout } = this.#uploadContext.settings
    return waitLimit(continueTimeout, this.route(isHttp2), defaults.continueTimeout)
  }

  move(httpRequest: HttpRequest): void {
    this.#httpRequest = httpRequest
    this.#routes = routesTo(this.#uploadContext, httpRequest)
  }

  /** The origin answered 417: sends it no more expectations. */
  disableExpect(): void {
    this.#withoutExpect.push(this.#httpRequest.origin)
  }
}

function routesTo(
  { settings, interceptorContext }: UploadContext,
  { origin }: HttpRequest,
): Routes {
  const key = interceptorContext.routing.keyOf(origin)
  return {
    http1: new Route(settings.memory, key, false),
    http2: new Route(settings.memory, key, true),
  }
}
