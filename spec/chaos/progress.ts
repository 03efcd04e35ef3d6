/** Uploads after which another line is printed. */
const step = 1000

/** Runs of no more uploads than this are over soon enough. */
const short = 2000

/** Tells how far a long run has come, so that it is not taken for one that is stuck. */
export class Progress {
  readonly #uploads: number
  readonly #begun = performance.now()
  #told = 0

  /** @param uploads is how many there are to be. */
  constructor(uploads: number) {
    this.#uploads = uploads
  }

  /** So many uploads are over. */
  at(done: number): void {
    if (this.#uploads <= short || done - this.#told < step) return
    this.#told = done - (done % step)
    const seconds = Math.round((performance.now() - this.#begun) / 1000)
    process.stderr.write(`${done} of ${this.#uploads} uploads in ${seconds} s\n`)
  }
}
