import { LRUCache } from 'lru-cache'
import type { RouteFact } from '../protocol/decision.ts'
import { longestDelay, refuseUnknown } from '../unknown.ts'
import {
  type Lives,
  none,
  type RouteKnowledge,
  type RouteRecord,
  RouteState,
  timesKept,
} from './route-state.ts'
import { readRecords } from './saved-memory.ts'

/** How many routes are remembered, and for how long. */
export interface RouteMemoryOptions {
  /** Routes remembered at most; the least recently used are dropped first. @default 1000 */
  max?: number
  /** Milliseconds for which a 417, or the HTTP version of an origin, is remembered. @default 3600000 */
  refusedFor?: number
  /** Milliseconds for which a route without an answer to the expectation is remembered. @default 600000 */
  silentFor?: number
  /** Milliseconds for which a 413, 429 or 503 is remembered. @default 60000 */
  busyFor?: number
  /** Milliseconds for which the response times of 100s are remembered, from the last of them. @default 600000 */
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

// LRUCache allocates `max` entries at once.
const maxRoutes = 1_000_000

/**
 * Remembers what routes did, for each protocol version. A route that answered 417, or did not
 * answer in time, gets no expectation until the entry expires or a 100 clears it. A busy route gets
 * the expectation with content of any size until a 2xx clears the entry. The response times of 100s
 * determine the `'adaptive'` wait.
 *
 * A memory can be shared by agents, saved and loaded:
 *
 * ```ts
 * await writeFile('routes.json', JSON.stringify(memory))
 * const memory = RouteMemory.from(JSON.parse(await readFile('routes.json', 'utf8')))
 * ```
 */
export class RouteMemory {
  readonly #routes: LRUCache<string, RouteState>
  readonly #lives: Lives

  /** @throws TypeError naming an option that is unknown or has an invalid value. */
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
   * Makes a memory from the records of another one, as {@link list} returns and `JSON.stringify`
   * saves them. Expired records are skipped, and no record is kept for longer than the options allow.
   *
   * @throws TypeError naming the invalid part of a record, or an invalid option.
   */
  static from(saved: unknown, options: RouteMemoryOptions = {}): RouteMemory {
    const memory = new RouteMemory(options)
    for (const record of readRecords(saved)) {
      const known = new RouteState(memory.#lives, record)
      // An expired record must not push a valid one out of the cache.
      if (!known.empty) memory.#routes.set(record.route, known)
    }
    return memory
  }

  /** What a route did, without expired entries. */
  recall(route: string): readonly RouteFact[] {
    // Saves the lookup per request in processes whose memory stays empty.
    return this.#routes.size === 0 ? none : (this.#routes.get(route)?.facts ?? none)
  }

  /** Notes what a route did. */
  remember(route: string, fact: RouteFact): void {
    this.#of(route).note(fact)
  }

  /** Milliseconds from the head to the 100, for the last eight 100s of a route. */
  times(route: string): readonly number[] {
    return this.#routes.get(route)?.times ?? none
  }

  /** Notes how many milliseconds a 100 took. */
  measured(route: string, milliseconds: number): void {
    const known = this.#of(route)
    known.note('times', [...known.times, milliseconds].slice(-timesKept))
  }

  /** Clears the entries of a route: the named ones, or all of them. */
  forget(route: string, ...what: readonly RouteKnowledge[]): void {
    if (what.length === 0) this.#routes.delete(route)
    const known = this.#routes.get(route)
    for (const each of what) known?.forget(each)
  }

  /** Clears the memory. */
  clear(): void {
    this.#routes.clear()
  }

  /** The memory as plain data: one record per route, the most recently used last. */
  list(): RouteRecord[] {
    const latestFirst = [...this.#routes.entries()]
    return latestFirst.reverse().flatMap(([route, known]) => known.record(route) ?? [])
  }

  /** The same as {@link list}, for `JSON.stringify`. */
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

/** The memory of all agents without one of their own. */
export const sharedMemory: RouteMemory = new RouteMemory()

function complete(options: RouteMemoryOptions): Required<RouteMemoryOptions> {
  const settings = { ...defaults }
  for (const name of names) {
    const value = options[name]
    if (value === undefined) continue
    const max = name === 'max' ? maxRoutes : longestDelay
    if (!Number.isSafeInteger(value) || value < 1 || value > max) {
      const wanted = `a whole number from 1 to ${max}`
      throw new TypeError(`Option '${name}' must be ${wanted}, not ${String(value)}`)
    }
    settings[name] = value
  }
  return settings
}
