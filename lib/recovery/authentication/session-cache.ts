import { LRUCache } from 'lru-cache'
import type { ProtectionSpace } from './protection-space.ts'

/** Origins for which something is kept at most; the ones not used for the longest time go first. */
const max = 100

/** What is kept from one upload to the next, as long as somebody holds the key: the `authenticate` it came of. */
export class SessionCache<Value extends object> {
  readonly #all = new WeakMap<object, LRUCache<string, Value>>()

  /** What is kept for a space, if anything. */
  get(key: object, space: ProtectionSpace): Value | undefined {
    return this.#all.get(key)?.get(keyOf(space))
  }

  /** Keeps a value in place of the one before it. */
  set(key: object, space: ProtectionSpace, value: Value): void {
    const values = this.#all.get(key) ?? new LRUCache<string, Value>({ max })
    values.set(keyOf(space), value)
    this.#all.set(key, values)
  }

  /** Lets go of a value, unless another one has taken its place. */
  drop(key: object, space: ProtectionSpace, value: Value): void {
    if (this.get(key, space) === value) this.#all.get(key)?.delete(keyOf(space))
  }
}

function keyOf({ status, origin }: ProtectionSpace): string {
  return `${status} ${origin}`
}
