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

export class UploadLog {
  reason: AskReason = 'no-content'
  total: number | null = null
  readonly attempts: AttemptLog[] = []
  /** The URL of the last redirect, with its query; `null` when none was followed. */
  location: string | null = null
  /** Bytes that the origin last acknowledged; `null` when it acknowledged none. */
  acknowledged: number | null = null
  /** The `Repr-Digest` of the origin that was compared with the content; `null` when none was. */
  digest: string | null = null
  /** The token to resume the upload with; `null` when it cannot be resumed. */
  resume: ResumeToken | null = null
  readonly #begun = performance.now()
  readonly #listeners: UploadListeners

  constructor(listeners: UploadListeners = {}) {
    this.#listeners = { ...listeners }
  }

  /** Calls `onProgress`. After it throws, it is not called again. */
  progress(attempt: AttemptLog): void {
    const { onProgress } = this.#listeners
    if (onProgress === undefined || !this.attempts.includes(attempt)) return
    const { phase, sentBytes, offset, rate } = attempt
    // The origin may acknowledge bytes before the write callback reports them.
    const sent = Math.max(offset + sentBytes, this.acknowledged ?? 0)
    try {
      onProgress({ phase, sent, ...this.#acknowledged, total: this.total, rate })
    } catch (error) {
      delete this.#listeners.onProgress
      throw error
    }
  }

  get #acknowledged(): { acknowledged?: number } {
    return this.acknowledged === null ? {} : { acknowledged: this.acknowledged }
  }

  /** Calls `onContinue`, once. */
  continued(): void {
    const { onContinue } = this.#listeners
    delete this.#listeners.onContinue
    onContinue?.()
  }

  /** Calls `onInterim`. After it throws, it is not called again. */
  interim(response: InterimResponse): void {
    const { onInterim } = this.#listeners
    try {
      onInterim?.(response)
    } catch (error) {
      delete this.#listeners.onInterim
      throw error
    }
  }

  /** Removes an attempt that an interceptor further below replaces with its own. */
  drop(attempt: AttemptLog): void {
    const at = this.attempts.indexOf(attempt)
    if (at !== -1) this.attempts.splice(at, 1)
  }

  get elapsedMs(): number {
    return performance.now() - this.#begun
  }

  /** The offset that the last attempt with content reached. */
  get #sentBytes(): number {
    const { offset = 0, sentBytes = 0 } = this.#lastWithContent ?? {}
    return offset + sentBytes
  }

  /** The current state of the upload, for an error. */
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
    const status = this.attempts.at(-1)?.status ?? null
    return {
      status,
      ok: status !== null && status >= 200 && status < 300,
      asked: this.attempts.some(({ asked }) => asked),
      reason: this.reason,
      outcome,
      waitedMs: rounded(this.attempts.reduce((sum, { waitedMs }) => sum + waitedMs, 0)),
      sentBytes,
      savedBytes: early && this.total !== null ? this.total - sentBytes : 0,
      ...this.#acknowledged,
      ...(this.digest !== null && { digest: this.digest }),
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
