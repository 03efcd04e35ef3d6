import type { RouteFact } from '../protocol/decision.ts'

/** The kinds of entries for a route: facts, and the response times of its 100s. */
export type RouteKnowledge = RouteFact | 'times'

/** The entries of one route, as plain data. */
export interface RouteRecord {
  /**
   * The origin, preceded by its proxy if there is one. Entries that apply to HTTP/2 only have
   * ` (HTTP/2)` appended; `busy`, `http2-only` and `http1` are kept under the name without it.
   */
  readonly route: string
  /** When each entry expires, in milliseconds since the epoch. */
  readonly until: Readonly<Partial<Record<RouteKnowledge, number>>>
  /** Milliseconds from the head to the 100, for the last eight 100s, the latest last. */
  readonly times: readonly number[]
}

/** Milliseconds for which each kind of entry is kept. */
export type Lives = Readonly<Record<RouteKnowledge, number>>

const facts: readonly RouteFact[] = ['417', 'silent', 'busy', 'http2-only', 'http1']

export const knowable: readonly RouteKnowledge[] = [...facts, 'times']

export const timesKept = 8

/** One empty list for all reads: each upload makes several. */
export const none: readonly never[] = Object.freeze([])
const nothing = { until: {}, times: none }

/** The entries of one route. Expiry times are dates, so that they stay valid in another process. */
export class RouteState {
  readonly #lives: Lives
  /** The constructor sets all kinds. */
  readonly #until = {} as Record<RouteKnowledge, number>
  #times: readonly number[]

  /** @param record has saved entries; each expires no later than a new entry. */
  constructor(lives: Lives, { until, times }: Omit<RouteRecord, 'route'> = nothing) {
    this.#lives = lives
    this.#times = times
    const now = Date.now()
    for (const what of knowable) this.#until[what] = Math.min(until[what] ?? 0, now + lives[what])
  }

  get empty(): boolean {
    return !knowable.some((what) => this.#holds(what))
  }

  get facts(): readonly RouteFact[] {
    // Most routes have no facts, and each upload reads them several times.
    const { '417': refused, silent, busy, 'http2-only': http2, http1 } = this.#until
    if (refused + silent + busy + http2 + http1 === 0) return none
    return facts.filter((fact) => this.#holds(fact))
  }

  /** Milliseconds that the last 100s took. */
  get times(): readonly number[] {
    return this.#holds('times') ? this.#times : none
  }

  /** Notes what the route did, or how long its last 100s took. */
  note(what: RouteKnowledge, times: readonly number[] = this.#times): void {
    this.#until[what] = Date.now() + this.#lives[what]
    this.#times = times
  }

  forget(what: RouteKnowledge): void {
    this.#until[what] = 0
  }

  /** The valid entries as plain data; `null` when there are none. */
  record(route: string): RouteRecord | null {
    const known = knowable.filter((what) => this.#holds(what))
    if (known.length === 0) return null
    const until = Object.fromEntries(known.map((what) => [what, this.#until[what]]))
    return { route, until, times: [...this.times] }
  }

  /**
   * Whether an entry is still valid. An entry that expires later than a new one was noted before the
   * clock was set back; it would be kept for too long.
   */
  #holds(what: RouteKnowledge): boolean {
    if (this.#until[what] === 0) return false
    const left = this.#until[what] - Date.now()
    const holds = left >= 0 && left <= this.#lives[what]
    if (!holds) this.forget(what)
    return holds
  }
}
