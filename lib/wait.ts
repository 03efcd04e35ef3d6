/**
 * The bounded wait for a go-ahead. It ends one poll turn after its time is over, so that
 * what already lies in the socket's buffer wins over the timer, however late the event
 * loop comes round to either.
 */
export class Wait {
  #timer: NodeJS.Timeout | null = null
  #turn: NodeJS.Immediate | null = null

  /** Calls `ended` after this many milliseconds and one poll turn. */
  start(milliseconds: number, ended: () => void): void {
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#turn = setImmediate(() => {
        this.#turn = null
        ended()
      })
    }, milliseconds)
  }

  /** Lets go of the timer; harmless when there is none. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#turn !== null) clearImmediate(this.#turn)
    this.#timer = null
    this.#turn = null
  }
}
