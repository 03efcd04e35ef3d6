/** Pseudorandom numbers; the same seeds give the same numbers (mulberry32). */
export class Random {
  #state = 0

  constructor(...seeds: readonly number[]) {
    for (const seed of seeds) this.#state = Math.imul(this.#state ^ seed, 0x9e3779b1) + 0x7f4a7c15
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
  }

  /** Both ends included. */
  between(least: number, max: number): number {
    return least + Math.floor(this.next() * (max - least + 1))
  }

  /** Each order of magnitude is equally likely. */
  scale(max: number): number {
    return Math.floor((max + 1) ** this.next()) - 1
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.between(0, items.length - 1)] as Item
  }

  /** One of these names, in proportion to their weights. */
  weighed<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries<number>(weights) as [Name, number][]
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of entries) {
      left -= weight
      if (left < 0) return name
    }
    return entries[0]?.[0] as Name
  }
}
