/** Pseudorandom numbers; the same seed gives the same numbers. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** The numbers of one case, independent of the cases before it. */
  static of(seed: number, name: string, index: number): Random {
    let state = mixed(seed ^ 0x9e3779b9)
    for (let at = 0; at < name.length; at++) state = mixed(state ^ name.charCodeAt(at))
    return new Random(mixed(state ^ index))
  }

  /** A whole number from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    return Math.floor((mixed(this.#state) / 0x1_0000_0000) * limit)
  }

  /** A whole number; both ends included. */
  between(least: number, max: number): number {
    return least + this.below(max - least + 1)
  }

  /** True in this share of the cases. */
  chance(share: number): boolean {
    return this.below(1_000_000) < share * 1_000_000
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0]
  }

  /** A list whose length is between these. */
  list<Item>(least: number, max: number, make: () => Item): Item[] {
    return Array.from({ length: this.between(least, max) }, make)
  }

  /** Latin1 text of random bytes. */
  bytes(count: number): string {
    let text = ''
    for (let made = 0; made < count; made++) text += String.fromCharCode(this.below(256))
    return text
  }
}

/** Mixes the bits of a 32-bit number. */
function mixed(value: number): number {
  let state = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
  state = Math.imul(state ^ (state >>> 15), 0x735a2d97)
  return (state ^ (state >>> 15)) >>> 0
}
