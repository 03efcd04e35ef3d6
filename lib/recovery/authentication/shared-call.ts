/** Header fields as a flat list, or `null` when there are none to be had. */
export type Found = readonly string[] | null

/** One call at a time, for however many uploads wait for what comes of it. */
export class SharedCall {
  #underWay: Promise<Found> | null = null
  #last: Found = null
  #ended = 0

  /** How many calls have ended. */
  get ended(): number {
    return this.#ended
  }

  /** What the last call found, if it ended after this many had and no other is under way. */
  foundAfter(ended: number): Found {
    return this.#underWay === null && this.#ended > ended ? this.#last : null
  }

  /** Calls, or waits for the call that is under way. */
  find(call: () => Promise<Found>): Promise<Found> {
    this.#underWay ??= this.#run(call)
    return this.#underWay
  }

  async #run(call: () => Promise<Found>): Promise<Found> {
    // What failed is not used again.
    this.#last = null
    try {
      this.#last = await Promise.resolve().then(call)
      return this.#last
    } finally {
      this.#ended += 1
      this.#underWay = null
    }
  }
}
