import type { TimeoutOptions } from '../options/options.ts'
import type { Attempt } from './attempt.ts'
import { type Deadline, type DeadlineOwner, Deadlines } from './deadlines.ts'

/** The default stall timeout, in milliseconds. */
const stallTimeout = 300_000

/** The owner of timeouts. */
export interface TimeoutOwner {
  /** Called when the first timeout expires. */
  expired(error: Error): void
}

/** The timeouts of one upload, started and stopped by its phases. */
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

  /** The upload begins, or continues after this many milliseconds. */
  begin(elapsedMs: number): void {
    this.#deadlines.set('total', this.#timeouts.total ?? 0, elapsedMs)
  }

  /** An attempt begins. */
  connecting(): void {
    this.#deadlines.set('connect', this.#timeouts.connect ?? 0)
  }

  /** The connection of the attempt is there. */
  connected(): void {
    this.#deadlines.clear('connect')
  }

  /** Restarts the stall timeout while written content was not accepted; clears it otherwise. */
  sending(attempt: Attempt): void {
    if (!attempt.isStalling) {
      this.#deadlines.clear('stall')
      return
    }
    this.#sending = attempt
    this.#queued = attempt.queuedBytes
    this.#deadlines.set('stall', this.#timeouts.stall ?? stallTimeout)
  }

  /** All of the content was accepted, or the final response has begun: starts the timeout for its head. */
  awaitHead({ headersTimeout }: Attempt): void {
    const { headers = headersTimeout } = this.#timeouts
    this.#deadlines.set('headers', headers)
  }

  /** The head of the final response was received, or the attempt was aborted. */
  answered(): void {
    this.#deadlines.clear('connect')
    this.#deadlines.clear('stall')
    this.#deadlines.clear('headers')
  }

  /** The upload is over. */
  stop(): void {
    this.#deadlines.stop()
  }

  /** Whether the system accepted some of the queued bytes. */
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
