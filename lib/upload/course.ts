import { defaults } from '../options/options.ts'
import type { Decision } from '../protocol/decision.ts'
import type { Route, Routes } from '../routes/route.ts'
import { type WaitLimit, waitLimit } from '../routes/wait-limit.ts'
import type { Hop } from './hop.ts'
import type { Plan } from './plan.ts'

/** Where an upload is on its way: the request that is made next, its route, and whether it asks there. */
export class Course {
  readonly #plan: Plan
  /** Origins where an expectation failed, and is not tried again. */
  readonly #unasking: string[] = []
  /** Origins that seem to refuse HTTP/1.1. */
  readonly #refusing: string[] = []
  #hop: Hop
  #routes: Routes

  constructor(plan: Plan) {
    this.#plan = plan
    this.#hop = plan.hop
    this.#routes = plan.routesOf(plan.hop)
  }

  get hop(): Hop {
    return this.#hop
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
    return this.#plan.request.allowH2 ?? this.#plan.scope.allowH2
  }

  /** Whether HTTP/2 is left out because that is better for this request, and nobody decided otherwise. */
  get prefersHttp1(): boolean {
    const { origin } = this.#hop
    if (this.#wantedHttp2 !== undefined || !origin.startsWith('https:')) return false
    if (this.#refusing.includes(origin) || this.#routes.http2Only) return false
    return this.#plan.isLarge(this.#hop)
  }

  /** Whether the origin may speak HTTP/2 alone, for all that is known. */
  get mayNeedHttp2(): boolean {
    return this.prefersHttp1 && !this.#routes.speaksHttp1
  }

  /** The origin seems to speak HTTP/2 alone. */
  refusedHttp1(): void {
    this.#refusing.push(this.#hop.origin)
  }

  /** A connection to it stands. */
  connected(isHttp2: boolean): void {
    if (this.#refusing.includes(this.#hop.origin)) this.#routes.offeredBoth(isHttp2)
  }

  /** The request with what is sent along to answer challenges before they come. */
  get prepared(): Hop {
    if (!this.#plan.authenticates) return this.#hop
    return this.#plan.recourse.prepared?.(this.#hop) ?? this.#hop
  }

  /** Whether a request asks there, before it is known which version its connection speaks. */
  get decision(): Decision {
    return this.decide(this.#hop.origin.startsWith('https:') && this.allowH2 !== false)
  }

  /** Whether a request asks there. */
  decide(isHttp2: boolean): Decision {
    if (!this.#hop.hasContent) return { asks: false, reason: 'no-content' }
    if (this.#unasking.includes(this.#hop.origin)) return { asks: false, reason: 'remembered-417' }
    return this.#plan.decide(this.#hop, this.route(isHttp2))
  }

  /** How long content is held back there. */
  waitLimit(isHttp2: boolean): WaitLimit {
    const { continueTimeout } = this.#plan.settings
    return waitLimit(continueTimeout, this.route(isHttp2), defaults.continueTimeout)
  }

  /** Whether there is content to read that is to have no byte. */
  get isEmpty(): boolean {
    const { whole, content } = this.#plan
    return this.#hop.hasContent && whole === null && content?.length === 0
  }

  /** Goes on to another request. */
  move(hop: Hop): void {
    this.#hop = hop
    this.#routes = this.#plan.routesOf(hop)
  }

  /** An expectation failed here. */
  unask(): void {
    this.#unasking.push(this.#hop.origin)
  }
}
