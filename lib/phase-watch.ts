import type { Attempt } from './attempt.ts'
import { Deadlines, type TimeoutOptions } from './deadlines.ts'

/** Milliseconds in which a connection has to take something, where nobody says otherwise. */
const stallTimeout = 300_000

/** Holds the phases of one upload to their timeouts. */
export class PhaseWatch {
  readonly #timeouts: TimeoutOptions
  readonly #deadlines: Deadlines
  #sending: Attempt | null = null
  #queued = 0

  /** @param expired is told of the first phase that takes too long. */
  constructor(timeouts: TimeoutOptions, expired: (error: Error) => void) {
    this.#timeouts = timeouts
    this.#deadlines = new Deadlines(expired)
  }

  /** The upload begins, or goes on after so many milliseconds. */
  begin(elapsedMs: number): void {
    this.#deadlines.set('total', this.#timeouts.total ?? 0, undefined, elapsedMs)
  }

  /** Sees that content which was handed to the connection is taken by it. */
  sending(attempt: Attempt): void {
    if (!attempt.isStalling) {
      // There is one for each piece of content.
      this.#deadlines.idle('stall')
      return
    }
    this.#sending = attempt
    this.#queued = attempt.ticket.queued()
    this.#deadlines.set('stall', this.#timeouts.stall ?? stallTimeout, this.#moved)
  }

  /** Whether the connection took some of what waited in it. */
  readonly #moved = (): boolean => {
    const before = this.#queued
    this.#queued = this.#sending?.ticket.queued() ?? 0
    return this.#queued < before
  }

  /** All of the content was taken, or the head of the final response has begun to come. */
  awaitHead({ ticket }: Attempt): void {
    const { headers = ticket.headersTimeout } = this.#timeouts
    this.#deadlines.set('headers', headers)
  }

  /** The final response is there, or the attempt was given up. */
  answered(): void {
    this.#deadlines.clear('stall')
    this.#deadlines.clear('headers')
  }

  /** The upload is over. */
  stop(): void {
    this.#deadlines.stop()
  }
}
