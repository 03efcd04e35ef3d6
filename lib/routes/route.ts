import type { RouteFact } from './knowledge.ts'
import type { RouteMemory } from './memory.ts'

const none: readonly never[] = Object.freeze([])

/** What is known of one route, and where what it does is noted, if anything is remembered. */
export class Route {
  readonly #memory: RouteMemory | false
  readonly #key: string

  constructor(memory: RouteMemory | false, key: string) {
    this.#memory = memory
    this.#key = key
  }

  /** What it did before. */
  get facts(): readonly RouteFact[] {
    return this.#memory ? this.#memory.recall(this.#key) : none
  }

  /** Milliseconds that its last go-aheads took. */
  get times(): readonly number[] {
    return this.#memory ? this.#memory.times(this.#key) : none
  }

  /** It answered 100, after so many milliseconds, or to a request that did not ask. */
  continued(milliseconds: number | null): void {
    if (!this.#memory) return
    this.#memory.forget(this.#key, '417', 'silent')
    if (milliseconds !== null) this.#memory.measured(this.#key, milliseconds)
  }

  /**
   * It answered nothing within the wait. That it was quicker before, where the wait was cut
   * to, does not make it silent: the times no longer hold, and the next wait is a full one.
   */
  unanswered(measured: boolean): void {
    if (!this.#memory) return
    if (measured) this.#memory.forget(this.#key, 'times')
    else this.#memory.remember(this.#key, 'silent')
  }

  /** It answered an upload with a final response. */
  answered(status: number, asked: boolean): void {
    if (!this.#memory) return
    if (status < 300) this.#memory.forget(this.#key, 'busy')
    else if (isBusy(status)) this.#memory.remember(this.#key, 'busy')
    else if (status === 417 && asked) this.#memory.remember(this.#key, '417')
  }
}

/** Whether the next upload may be refused too, whatever its size. */
function isBusy(status: number): boolean {
  return status === 413 || status === 429 || status === 503
}
