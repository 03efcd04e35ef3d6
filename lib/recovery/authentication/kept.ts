import { LRUCache } from 'lru-cache'
import type { Authenticate } from './authenticate.ts'
import type { Space } from './space.ts'

/** Origins for which something is kept at most; the ones not used for the longest time go first. */
const max = 100

/** What is kept from one upload to the next, as long as somebody holds the `authenticate` it came of. */
export class Kept<Value extends object> {
  readonly #all = new WeakMap<object, LRUCache<string, Value>>()

  /** What is kept for a space, if anything. */
  get(authenticate: Authenticate, space: Space): Value | undefined {
    return this.#all.get(authenticate)?.get(keyOf(space))
  }

  /** Keeps a value in place of the one before it. */
  set(authenticate: Authenticate, space: Space, value: Value): void {
    const values = this.#all.get(authenticate) ?? new LRUCache<string, Value>({ max })
    values.set(keyOf(space), value)
    this.#all.set(authenticate, values)
  }

  /** Lets go of a value, unless another one has taken its place. */
  drop(authenticate: Authenticate, space: Space, value: Value): void {
    if (this.get(authenticate, space) === value) this.#all.get(authenticate)?.delete(keyOf(space))
  }
}

function keyOf({ status, origin }: Space): string {
  return `${status} ${origin}`
}
