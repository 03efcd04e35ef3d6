import { LRUCache } from 'lru-cache'
import type { RouteFact } from '../protocol/decision.ts'
import { refuseUnknown } from '../unknown.ts'
import {
  type Lives,
  type RouteKnowledge,
  type RouteRecord,
  RouteState,
  timesKept,
} from './route-state.ts'
import { readRecords } from './saved-memory.ts'

/** How many routes are remembered, and how long what is known of them is good for. */
export interface RouteMemoryOptions {
  /** Routes remembered at most; the ones not used for the longest time go first. @default 1000 */
  max?: number
  /** Milliseconds for which a 417 is remembered, or which version an origin speaks. @default 3600000 */
  refusedFor?: number
  /** Milliseconds for which silence is remembered. @default 600000 */
  silentFor?: number
  /** Milliseconds for which a 413, 429 or 503 is remembered. @default 60000 */
  busyFor?: number
  /** Milliseconds for which the times of go-aheads are remembered, from the last of them. @default 600000 */
  timesFor?: number
}

const names = ['max', 'refusedFor', 'silentFor', 'busyFor', 'timesFor'] as const

const defaults: Required<RouteMemoryOptions> = {
  max: 1000,
  refusedFor: 3_600_000,
  silentFor: 600_000,
  busyFor: 60_000,
  timesFor: 600_000,
}

// Room for all routes is taken at once; times have the limit that timers have.
const mostRoutes = 1_000_000
const longest = 2_147_483_647

const none: readonly never[] = Object.freeze([])

/**
 * What routes did, for each protocol version. A route that answered 417, or stayed silent, is not asked again until
 * that expires; a 100 clears it. One that is busy is asked about content of any size; a 2xx
 * clears it. What go-aheads took is what the `'adaptive'` wait goes by.
 *
 * It can be shared by agents, and saved and loaded:
 *
 * ```ts
 * await writeFile('routes.json', JSON.stringify(memory))
 * const memory = RouteMemory.from(JSON.parse(await readFile('routes.json', 'utf8')))
 * ```
 */
export class RouteMemory {
  readonly #routes: LRUCache<string, RouteState>
  readonly #lives: Lives

  /** @throws TypeError naming the option whose value cannot be used. */
  constructor(options: RouteMemoryOptions = {}) {
    refuseUnknown(options, names)
    const { max, refusedFor, silentFor, busyFor, timesFor } = complete(options)
    this.#routes = new LRUCache({ max })
    this.#lives = {
      '417': refusedFor,
      silent: silentFor,
      busy: busyFor,
      'http2-only': refusedFor,
      http1: refusedFor,
      times: timesFor,
    }
  }

  /**
   * A memory of what another one knew, which is what {@link list} gave and `JSON.stringify`
   * saved. What has expired is left out, and nothing is known for longer than the options say.
   *
   * @throws TypeError saying what is wrong with it, or naming an option.
   */
  static from(saved: unknown, options: RouteMemoryOptions = {}): RouteMemory {
    const memory = new RouteMemory(options)
    for (const record of readRecords(saved)) {
      const known = new RouteState(memory.#lives, record)
      // What has expired must not take the place of what has not.
      if (!known.empty) memory.#routes.set(record.route, known)
    }
    return memory
  }

  /** What a route did, as far as that has not expired. */
  recall(route: string): readonly RouteFact[] {
    // Most processes never learn anything that is worth a lookup for each request.
    return this.#routes.size === 0 ? none : (this.#routes.get(route)?.facts ?? none)
  }

  /** Notes what a route did. */
  remember(route: string, fact: RouteFact): void {
    this.#of(route).note(fact)
  }

  /** Milliseconds from the head to the 100, of the last eight go-aheads of a route. */
  times(route: string): readonly number[] {
    return this.#routes.get(route)?.times ?? none
  }

  /** Notes how many milliseconds a go-ahead took. */
  measured(route: string, milliseconds: number): void {
    const known = this.#of(route)
    known.note('times', [...known.times, milliseconds].slice(-timesKept))
  }

  /** Clears what is known of a route: all of it, or what is named. */
  forget(route: string, ...what: readonly RouteKnowledge[]): void {
    if (what.length === 0) this.#routes.delete(route)
    const known = this.#routes.get(route)
    for (const each of what) known?.forget(each)
  }

  /** Clears all. */
  clear(): void {
    this.#routes.clear()
  }

  /** What is known, as plain data, one record a route, the one used last at the end. */
  list(): RouteRecord[] {
    const latestFirst = [...this.#routes.entries()]
    return latestFirst.reverse().flatMap(([route, known]) => known.record(route) ?? [])
  }

  /** The same, for `JSON.stringify`. */
  toJSON(): RouteRecord[] {
    return this.list()
  }

  #of(route: string): RouteState {
    let known = this.#routes.get(route)
    if (known === undefined) {
      known = new RouteState(this.#lives)
      this.#routes.set(route, known)
    }
    return known
  }
}

/** The memory of all agents that were given none. */
export const sharedMemory: RouteMemory = new RouteMemory()

/** Puts options over the defaults. */
function complete(options: RouteMemoryOptions): Required<RouteMemoryOptions> {
  const settings = { ...defaults }
  for (const name of names) {
    const value = options[name]
    if (value === undefined) continue
    const most = name === 'max' ? mostRoutes : longest
    if (!Number.isSafeInteger(value) || value < 1 || value > most) {
      const wanted = `a whole number from 1 to ${most}`
      throw new TypeError(`Option '${name}' must be ${wanted}, not ${String(value)}`)
    }
    settings[name] = value
  }
  return settings
}
