import { LRUCache } from 'lru-cache'
import type { ProtectionSpace } from './protection-space.ts'

/** The most origins for each key. The least recently used are dropped first. */
const max = 100

/** Sessions that uploads share. The key is their `authenticate`; without it, its sessions are garbage. */
export class SessionCache<Value extends object> {
  readonly #all = new WeakMap<object, LRUCache<string, Value>>()

  get(key: object, space: ProtectionSpace): Value | undefined {
    return this.#all.get(key)?.get(keyOf(space))
  }

  set(key: object, space: ProtectionSpace, value: Value): void {
    const values = this.#all.get(key) ?? new LRUCache<string, Value>({ max })
    values.set(keyOf(space), value)
    this.#all.set(key, values)
  }

  /** Drops a session, unless another one has replaced it. */
  drop(key: object, space: ProtectionSpace, value: Value): void {
    if (this.get(key, space) === value) this.#all.get(key)?.delete(keyOf(space))
  }
}

function keyOf({ status, origin }: ProtectionSpace): string {
  return `${status} ${origin}`
}
