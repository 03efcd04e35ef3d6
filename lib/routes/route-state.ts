import type { RouteFact } from '../protocol/decision.ts'

/** All that can be known of a route: facts, and the times that its go-aheads took. */
export type RouteKnowledge = RouteFact | 'times'

/** What is known of one route, as plain data. */
export interface RouteRecord {
  /**
   * The origin, after the proxy that leads to it, if one does. What was found out over HTTP/2 has
   * ` (HTTP/2)` behind it; `busy`, `http2-only` and `http1` are kept under the name without it.
   */
  readonly route: string
  /** What is known, and until when, in milliseconds of the epoch. */
  readonly until: Readonly<Partial<Record<RouteKnowledge, number>>>
  /** Milliseconds from the head to the 100, of its last eight go-aheads, the latest at the end. */
  readonly times: readonly number[]
}

/** Milliseconds for which each thing is known. */
export type Lives = Readonly<Record<RouteKnowledge, number>>

const facts: readonly RouteFact[] = ['417', 'silent', 'busy', 'http2-only', 'http1']

/** Everything that can be known. */
export const knowable: readonly RouteKnowledge[] = [...facts, 'times']

/** How many go-aheads the times are kept of. */
export const timesKept = 8

const none: readonly never[] = Object.freeze([])
const nothing = { until: {}, times: none }

/** What is known of one route. Ends are dates, so that they hold for whoever loads them. */
export class RouteState {
  readonly #lives: Lives
  readonly #until: Record<RouteKnowledge, number> = {
    '417': 0,
    silent: 0,
    busy: 0,
    'http2-only': 0,
    http1: 0,
    times: 0,
  }
  #times: readonly number[]

  /** @param record is what was known at another time; none of it is known for longer than if it were new. */
  constructor(lives: Lives, { until, times }: Omit<RouteRecord, 'route'> = nothing) {
    this.#lives = lives
    this.#times = times
    const now = Date.now()
    for (const what of knowable) this.#until[what] = Math.min(until[what] ?? 0, now + lives[what])
  }

  /** Whether nothing is known. */
  get empty(): boolean {
    return !knowable.some((what) => this.#holds(what))
  }

  /** What the route did. */
  get facts(): readonly RouteFact[] {
    // Most routes never do anything worth noting, and are asked about it several times an upload.
    const { '417': refused, silent, busy, 'http2-only': http2, http1 } = this.#until
    if (refused + silent + busy + http2 + http1 === 0) return none
    return facts.filter((fact) => this.#holds(fact))
  }

  /** Milliseconds that its last go-aheads took. */
  get times(): readonly number[] {
    return this.#holds('times') ? this.#times : none
  }

  /** Notes what the route did, or how long its last go-aheads took. */
  note(what: RouteKnowledge, times: readonly number[] = this.#times): void {
    this.#until[what] = Date.now() + this.#lives[what]
    this.#times = times
  }

  /** Forgets one thing. */
  forget(what: RouteKnowledge): void {
    this.#until[what] = 0
  }

  /** All of it; `null` when that is nothing. */
  record(route: string): RouteRecord | null {
    const known = knowable.filter((what) => this.#holds(what))
    if (known.length === 0) return null
    const until = Object.fromEntries(known.map((what) => [what, this.#until[what]]))
    return { route, until, times: [...this.times] }
  }

  /**
   * Whether something is known, still. What ends later than it could if it were new was noted
   * before the clock was set back, and would hold until the clock has made up for that.
   */
  #holds(what: RouteKnowledge): boolean {
    if (this.#until[what] === 0) return false
    const left = this.#until[what] - Date.now()
    const holds = left >= 0 && left <= this.#lives[what]
    if (!holds) this.forget(what)
    return holds
  }
}
