import type { RouteFact, RouteMemory } from './memory.ts'

/** What is known of one route, and where what it does is noted, if anything is remembered. */
export class Route {
  readonly #memory: RouteMemory | false
  readonly #key: string

  constructor(memory: RouteMemory | false, key: string) {
    this.#memory = memory
    this.#key = key
  }

  /** What it did with expectations before. */
  get fact(): RouteFact | undefined {
    return this.#memory ? this.#memory.recall(this.#key) : undefined
  }

  /** It answered 100, which clears what was known. */
  continued(): void {
    if (this.#memory) this.#memory.forget(this.#key)
  }

  /** It answered 417, or nothing within the wait. */
  note(fact: RouteFact): void {
    if (this.#memory) this.#memory.remember(this.#key, fact)
  }
}
