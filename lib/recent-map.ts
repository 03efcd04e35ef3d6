/** A map of so many entries at most: the one that was not used for the longest time goes first. */
export class RecentMap<Key, Value> {
  // A Map keeps its entries in the order in which they were put in.
  readonly #entries = new Map<Key, Value>()
  readonly #max: number
  #latest: Key | null = null

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined && key !== this.#latest) this.set(key, value)
    return value
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    this.#latest = key
    if (this.#entries.size <= this.#max) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }

  delete(key: Key): void {
    this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** All of them, the one used last at the end. */
  entries(): MapIterator<[Key, Value]> {
    return this.#entries.entries()
  }
}
