import type { TimeoutOptions } from '../options/options.ts'
import type { Attempt } from './attempt.ts'
import { type Deadline, type DeadlineOwner, Deadlines } from './deadlines.ts'

/** Milliseconds in which a connection has to take something, where nobody says otherwise. */
const stallTimeout = 300_000

/** Whose phases are watched. */
export interface TimeoutOwner {
  /** Told of the first phase that takes too long. */
  expired(error: Error): void
}

/** Holds the phases of one upload to their timeouts. */
export class Timeouts implements DeadlineOwner {
  readonly #timeouts: TimeoutOptions
  readonly #owner: TimeoutOwner
  readonly #deadlines = new Deadlines(this)
  #sending: Attempt | null = null
  #queued = 0

  constructor(timeouts: TimeoutOptions, owner: TimeoutOwner) {
    this.#timeouts = timeouts
    this.#owner = owner
  }

  /** The upload begins, or goes on after so many milliseconds. */
  begin(elapsedMs: number): void {
    this.#deadlines.set('total', this.#timeouts.total ?? 0, elapsedMs)
  }

  /** Sees that content which was handed to the connection is taken by it. */
  sending(attempt: Attempt): void {
    if (!attempt.isStalling) {
      this.#deadlines.clear('stall')
      return
    }
    this.#sending = attempt
    this.#queued = attempt.queuedBytes
    this.#deadlines.set('stall', this.#timeouts.stall ?? stallTimeout)
  }

  /** All of the content was taken, or the head of the final response has begun to come. */
  awaitHead({ headersTimeout }: Attempt): void {
    const { headers = headersTimeout } = this.#timeouts
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

  /** Whether the connection took some of what waited in it. */
  moved(deadline: Deadline): boolean {
    if (deadline !== 'stall' || this.#sending === null) return false
    const before = this.#queued
    this.#queued = this.#sending.queuedBytes
    return this.#queued < before
  }

  expired(error: Error): void {
    this.#owner.expired(error)
  }
}
