/** Uploads between two lines. */
const step = 1000

/** Runs with at most this many uploads print no progress. */
const short = 2000

/** Prints the progress of a long run. */
export class Progress {
  readonly #uploads: number
  readonly #begun = performance.now()
  #printed = 0

  /** @param uploads the total. */
  constructor(uploads: number) {
    this.#uploads = uploads
  }

  /** `done` uploads are over. */
  at(done: number): void {
    if (this.#uploads <= short || done - this.#printed < step) return
    this.#printed = done - (done % step)
    const seconds = Math.round((performance.now() - this.#begun) / 1000)
    process.stderr.write(`${done} of ${this.#uploads} uploads in ${seconds} s\n`)
  }
}
