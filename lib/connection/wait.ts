export interface Waiting {
  waited(): void
}

/**
 * A timer that fires one poll phase of the event loop after its time. A response that is already in
 * the socket's buffer is thus read before the wait ends, even when the event loop is late.
 */
export class Wait {
  readonly #waiting: Waiting
  #timer: NodeJS.Timeout | null = null
  #end = 0
  #turn: NodeJS.Immediate | null = null

  constructor(waiting: Waiting) {
    this.#waiting = waiting
  }

  /** Calls `waited` after this many milliseconds and one poll phase. */
  start(milliseconds: number): void {
    this.#end = performance.now() + milliseconds
    this.#timer = setTimeout(Wait.#timeIsOver, milliseconds, this)
  }

  /** Limits the rest of the wait to this many milliseconds. */
  shorten(milliseconds: number): void {
    if (this.#timer === null || this.#end - performance.now() <= milliseconds) return
    clearTimeout(this.#timer)
    this.start(milliseconds)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#turn !== null) clearImmediate(this.#turn)
    this.#timer = null
    this.#turn = null
  }

  static #timeIsOver(wait: Wait): void {
    wait.#timer = null
    wait.#turn = setImmediate(Wait.#turnIsOver, wait)
  }

  static #turnIsOver(wait: Wait): void {
    wait.#turn = null
    wait.#waiting.waited()
  }
}
