import { LRUCache } from 'lru-cache'
import { refuseUnknown } from './unknown.ts'

// Room for all routes is taken at once, and longer times make timers fire at once.
const largest = { max: 1_000_000, refusedFor: 2_147_483_647, silentFor: 2_147_483_647 }

/** What a route did with an expectation: it answered 417, or nothing within the wait. */
export type RouteFact = '417' | 'silent'

/** How long facts are good for. */
export interface RouteMemoryOptions {
  /** Routes remembered at most; the ones not used for the longest time go first. @default 1000 */
  max?: number
  /** Milliseconds for which a 417 is remembered. @default 3600000 */
  refusedFor?: number
  /** Milliseconds for which silence is remembered. @default 600000 */
  silentFor?: number
}

/**
 * What routes did with expectations. A route that answered 417, or stayed silent, is not
 * asked again until that expires; a 100 clears it.
 */
export class RouteMemory {
  readonly #facts: LRUCache<string, RouteFact>
  readonly #times: Record<RouteFact, number>

  /** @throws TypeError naming the option whose value cannot be used. */
  constructor(options: RouteMemoryOptions = {}) {
    refuseUnknown(options, ['max', 'refusedFor', 'silentFor'])
    const { max = 1000, refusedFor = 3_600_000, silentFor = 600_000 } = options
    check('max', max)
    check('refusedFor', refusedFor)
    check('silentFor', silentFor)
    this.#facts = new LRUCache({ max })
    this.#times = { '417': refusedFor, silent: silentFor }
  }

  /** What is known of a route, if anything. */
  recall(route: string): RouteFact | undefined {
    return this.#facts.get(route)
  }

  /** Notes what a route did. */
  remember(route: string, fact: RouteFact): void {
    this.#facts.set(route, fact, { ttl: this.#times[fact] })
  }

  /** Clears what is known of a route. */
  forget(route: string): void {
    this.#facts.delete(route)
  }

  /** Clears all. */
  clear(): void {
    this.#facts.clear()
  }
}

/** The memory of all agents that were given none. */
export const sharedMemory: RouteMemory = new RouteMemory()

function check(name: keyof typeof largest, value: unknown): void {
  const number = Number.isSafeInteger(value) ? Number(value) : 0
  if (number > 0 && number <= largest[name]) return
  const range = `a whole number from 1 to ${largest[name]}`
  throw new TypeError(`Option '${name}' must be ${range}, not ${String(value)}`)
}
