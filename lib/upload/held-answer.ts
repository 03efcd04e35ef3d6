/** A final response whose head came, and whose handing over is not decided yet. */
export class HeldAnswer {
  readonly #deliver: () => void
  #end: () => void = () => {}
  #error: Error | null = null

  /** @param deliver hands its head over. */
  constructor(deliver: () => void) {
    this.#deliver = deliver
  }

  /** What it broke off with, which matters only if it is to be handed over. */
  get error(): Error | null {
    return this.#error
  }

  /** It has ended: a response without content cannot be kept from that. */
  ended(end: () => void): void {
    this.#end = end
  }

  /** It broke off. */
  broke(error: Error): void {
    this.#error = error
  }

  /** Hands it over, to its end if that has come. */
  handOver(): void {
    this.#deliver()
    this.#end()
  }
}
