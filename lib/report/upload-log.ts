import type { UploadPlace } from '../errors.ts'
import { type AttemptLog, rounded } from './attempt-log.ts'
import type {
  AskReason,
  InterimResponse,
  ResumeToken,
  UploadListeners,
  UploadOutcome,
  UploadReport,
} from './report.ts'

/** The report of one upload, being written. */
export class UploadLog {
  reason: AskReason = 'no-content'
  total: number | null = null
  readonly attempts: AttemptLog[] = []
  /** Where redirects led, with the query; `null` when none was followed. */
  location: string | null = null
  /** Bytes that the origin last said to have; `null` where it said nothing. */
  acknowledged: number | null = null
  /** With what it goes on where it is interrupted; `null` where it cannot. */
  resume: ResumeToken | null = null
  readonly #begun = performance.now()
  readonly #listeners: UploadListeners

  constructor(listeners: UploadListeners = {}) {
    this.#listeners = { ...listeners }
  }

  /** Tells the caller how far the upload is; a caller who throws is told no more. */
  progress(attempt: AttemptLog): void {
    const { phase, sentBytes, offset, rate } = attempt
    if (this.#listeners.onProgress === undefined || !this.attempts.includes(attempt)) return
    // What the origin has was sent, whether the system has said so or not.
    const sent = Math.max(offset + sentBytes, this.acknowledged ?? 0)
    this.#tell('onProgress', { phase, sent, ...this.#acknowledged, total: this.total, rate })
  }

  get #acknowledged(): { acknowledged?: number } {
    return this.acknowledged === null ? {} : { acknowledged: this.acknowledged }
  }

  /** Tells the caller that the content is about to be read, once. */
  continued(): void {
    const { onContinue } = this.#listeners
    delete this.#listeners.onContinue
    onContinue?.()
  }

  /** Tells the caller of an interim response; a caller who throws is told no more. */
  interim(response: InterimResponse): void {
    this.#tell('onInterim', response)
  }

  #tell<Name extends 'onProgress' | 'onInterim'>(
    name: Name,
    what: Parameters<NonNullable<UploadListeners[Name]>>[0],
  ): void {
    const tell = this.#listeners[name] as ((told: typeof what) => void) | undefined
    if (tell === undefined) return
    try {
      tell(what)
    } catch (error) {
      delete this.#listeners[name]
      throw error
    }
  }

  /** Leaves out an attempt, of which an interceptor further below makes one of its own. */
  drop(attempt: AttemptLog): void {
    const at = this.attempts.indexOf(attempt)
    if (at !== -1) this.attempts.splice(at, 1)
  }

  /** Milliseconds since the upload began. */
  get elapsedMs(): number {
    return performance.now() - this.#begun
  }

  /** How far into the content the last attempt to send it got; what others sent beyond came to nothing. */
  get #sentBytes(): number {
    const { offset = 0, sentBytes = 0 } = this.#lastWithContent ?? {}
    return offset + sentBytes
  }

  /** Where the upload stands, for an error. */
  place(): UploadPlace {
    const last = this.attempts.at(-1)
    return {
      phase: last?.phase ?? 'connecting',
      sentBytes: this.#sentBytes,
      attempt: this.attempts.length,
      status: this.attempts.findLast(({ status }) => status !== null)?.status ?? null,
    }
  }

  snapshot(): UploadReport {
    const outcome = this.#outcome()
    const early = outcome === 'refused' || outcome === 'answered'
    const sentBytes = this.#sentBytes
    return {
      asked: this.attempts.some(({ asked }) => asked),
      reason: this.reason,
      outcome,
      waitedMs: rounded(this.attempts.reduce((sum, { waitedMs }) => sum + waitedMs, 0)),
      sentBytes,
      savedBytes: early && this.total !== null ? this.total - sentBytes : 0,
      ...this.#acknowledged,
      ...(this.resume !== null && { resume: this.resume }),
      attempts: this.attempts.map((attempt) => attempt.snapshot()),
    }
  }

  get #lastWithContent(): AttemptLog | undefined {
    return this.attempts.findLast(({ hasContent }) => hasContent)
  }

  #outcome(): UploadOutcome {
    const last = this.#lastWithContent
    if (last?.withheld === true) return (last.status ?? 0) >= 300 ? 'refused' : 'answered'
    if (last?.cutShort === true && (last.status ?? 0) < 300) return 'answered'
    if (this.attempts.some(({ reason }) => reason === 'resume')) return 'resumed'
    if (this.attempts.some(({ reason }) => reason === 'replay')) return 'replayed'
    if (last?.releasedBy === 'continue') return 'continued'
    if (last?.releasedBy === 'timeout') return 'silent'
    return 'not-asked'
  }
}
