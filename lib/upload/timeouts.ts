import { Wait, type Waiting } from '../connection/wait.ts'
import type { TimeoutOptions } from '../options/options.ts'
import type { Attempt } from './attempt.ts'
import { expiryOf, type Phase } from './timeout-errors.ts'
import type { UploadRun } from './upload-run.ts'

/** The default stall timeout, in milliseconds. */
const stallTimeout = 300_000

const phases = ['connect', 'stall', 'headers', 'total'] as const
const never = Number.POSITIVE_INFINITY

/**
 * The timeouts of one upload, started and stopped by its phases. They share one timer, which is not
 * restarted when a timeout is postponed.
 */
export class Timeouts implements Waiting {
  readonly #timeouts: TimeoutOptions
  readonly #run: UploadRun
  readonly #limits: Record<Phase, number> = { connect: 0, stall: 0, headers: 0, total: 0 }
  readonly #ends: Record<Phase, number> = {
    connect: never,
    stall: never,
    headers: never,
    total: never,
  }
  /** A response or an accepted write that is already there counts, even when the event loop is late. */
  readonly #wait = new Wait(this)
  #waitEnd = never
  #sending: Attempt | null = null
  #queued = 0

  constructor(timeouts: TimeoutOptions, run: UploadRun) {
    this.#timeouts = timeouts
    this.#run = run
  }

  /** The upload begins, or continues after this many milliseconds. */
  begin(elapsedMs: number): void {
    this.#set('total', this.#timeouts.total ?? 0, elapsedMs)
  }

  connecting(): void {
    this.#set('connect', this.#timeouts.connect ?? 0)
  }

  connected(): void {
    this.#ends.connect = never
  }

  /** Restarts the stall timeout while written content was not accepted; clears it otherwise. */
  sending(attempt: Attempt): void {
    if (!attempt.hasUnacceptedBytes) {
      this.#ends.stall = never
      return
    }
    this.#sending = attempt
    this.#queued = attempt.queuedBytes
    this.#set('stall', this.#timeouts.stall ?? stallTimeout)
  }

  /** All of the content was accepted, or the final response has begun: starts the timeout for its head. */
  awaitHead({ headersTimeout }: Attempt): void {
    const { headers = headersTimeout } = this.#timeouts
    this.#set('headers', headers)
  }

  /** The head of the final response was received, or the attempt was aborted. */
  endAttempt(): void {
    this.#ends.connect = never
    this.#ends.stall = never
    this.#ends.headers = never
  }

  stop(): void {
    for (const phase of phases) this.#ends[phase] = never
    this.#wait.stop()
    this.#waitEnd = never
  }

  /** Sets or restarts a timeout; 0 means none. */
  #set(phase: Phase, milliseconds: number, elapsedMs: number = 0): void {
    this.#ends[phase] = never
    if (milliseconds === 0) return
    const now = performance.now()
    const end = now + Math.max(0, milliseconds - elapsedMs)
    this.#limits[phase] = milliseconds
    this.#ends[phase] = end
    if (end < this.#waitEnd) this.#start(end, now)
  }

  #start(end: number, now: number): void {
    this.#wait.stop()
    this.#wait.start(Math.ceil(end - now))
    this.#waitEnd = end
  }

  waited(): void {
    this.#waitEnd = never
    const now = performance.now()
    for (const phase of phases) {
      if (this.#ends[phase] > now) continue
      const limit = this.#limits[phase]
      if (phase !== 'stall' || !this.#moved()) {
        this.stop()
        this.#run.expired(expiryOf(phase, limit))
        return
      }
      this.#set(phase, limit)
    }
    const next = Math.min(...Object.values(this.#ends))
    if (next < this.#waitEnd) this.#start(next, now)
  }

  /** Whether the system accepted some of the queued bytes, which restarts the stall timeout. */
  #moved(): boolean {
    const before = this.#queued
    this.#queued = this.#sending?.queuedBytes ?? 0
    return this.#queued < before
  }
}
