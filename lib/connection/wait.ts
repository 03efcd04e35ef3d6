/** What is told that a wait is over. */
export interface Waiting {
  waited(): void
}

/**
 * The bounded wait for a go-ahead. It ends one poll turn after its time is over, so that
 * what already lies in the socket's buffer wins over the timer, however late the event
 * loop comes round to either.
 */
export class Wait {
  readonly #waiting: Waiting
  #timer: NodeJS.Timeout | null = null
  #end = 0
  #turn: NodeJS.Immediate | null = null

  constructor(waiting: Waiting) {
    this.#waiting = waiting
  }

  /** Tells that it is over after this many milliseconds and one poll turn. */
  start(milliseconds: number): void {
    this.#end = performance.now() + milliseconds
    this.#timer = setTimeout(Wait.#timeIsOver, milliseconds, this)
  }

  /** Ends it after so many milliseconds from now, if it would last longer. */
  shorten(milliseconds: number): void {
    if (this.#timer === null || this.#end - performance.now() <= milliseconds) return
    clearTimeout(this.#timer)
    this.start(milliseconds)
  }

  /** Lets go of the timer; harmless when there is none. */
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
