import type { Decision } from '../protocol/decision.ts'
import type { Route } from '../routes/route.ts'
import { type WaitLimit, waitLimit } from '../routes/wait-limit.ts'
import type { Hop } from './hop.ts'
import type { Plan } from './plan.ts'

/** Where an upload is on its way: the request that is made next, its route, and whether it asks there. */
export class Course {
  readonly #plan: Plan
  /** Origins where an expectation failed, and is not tried again. */
  readonly #unasking: string[] = []
  #hop: Hop
  #route: Route

  constructor(plan: Plan) {
    this.#plan = plan
    this.#hop = plan.hop
    this.#route = plan.routeOf(plan.hop)
  }

  get hop(): Hop {
    return this.#hop
  }

  /** What is known of the way there. */
  get route(): Route {
    return this.#route
  }

  /** The request with what is sent along to answer challenges before they come. */
  get prepared(): Hop {
    if (!this.#plan.authenticates) return this.#hop
    return this.#plan.recourse.prepared?.(this.#hop) ?? this.#hop
  }

  get decision(): Decision {
    if (!this.#hop.hasContent) return { asks: false, reason: 'no-content' }
    if (this.#unasking.includes(this.#hop.origin)) return { asks: false, reason: 'remembered-417' }
    return this.#plan.decide(this.#hop, this.#route)
  }

  /** How long content is held back there. */
  get waitLimit(): WaitLimit {
    return waitLimit(this.#plan.settings.continueTimeout, this.#route)
  }

  /** Whether there is content to read that is to have no byte. */
  get isEmpty(): boolean {
    const { whole, content } = this.#plan
    return this.#hop.hasContent && whole === null && content?.length === 0
  }

  /** Goes on to another request. */
  move(hop: Hop): void {
    this.#hop = hop
    this.#route = this.#plan.routeOf(hop)
  }

  /** An expectation failed here. */
  unask(): void {
    this.#unasking.push(this.#hop.origin)
  }
}
