import type { UploadPhase } from './errors.ts'
import type { AttemptReason, AttemptReport } from './report.ts'
import type { ReleasedBy } from './verdict.ts'

/** What is known of an attempt before it begins. */
export type AttemptHead = Pick<AttemptReport, 'reason' | 'delayMs' | 'method' | 'url'>

/** The report of one attempt, being written. */
export class AttemptLog {
  readonly reason: AttemptReason
  readonly delayMs: number
  readonly method: string
  readonly url: string
  asked = false
  readonly interim: { status: number; atMs: number }[] = []
  status: number | null = null
  sentBytes = 0
  waitedMs = 0
  waitLimitMs = 0
  reusedConnection = false
  /** Whether the content was to go with it; a redirect may go on without. */
  hasContent = true
  phase: UploadPhase = 'connecting'
  releasedBy: ReleasedBy | null = null
  withheld = false
  /** Whether the response was complete before all of the content was sent. */
  cutShort = false
  readonly #begun = performance.now()
  #headLeft = 0
  #flowing = 0

  constructor({ reason, delayMs, method, url }: AttemptHead) {
    this.reason = reason
    this.delayMs = rounded(delayMs)
    this.method = method
    this.url = url
  }

  head(asked: boolean, reusedConnection: boolean): void {
    this.asked = asked
    this.reusedConnection = reusedConnection
    this.#headLeft = performance.now()
    this.#flowing = this.#headLeft
    this.phase = asked ? 'waiting' : 'sending'
  }

  /** Milliseconds since the head left. */
  get sinceHeadMs(): number {
    return rounded(performance.now() - this.#headLeft)
  }

  noteInterim(status: number): void {
    this.interim.push({ status, atMs: rounded(performance.now() - this.#begun) })
  }

  release(by: ReleasedBy): void {
    this.releasedBy = by
    this.phase = 'sending'
    this.#flowing = performance.now()
    this.waitedMs = rounded(this.#flowing - this.#headLeft)
  }

  final(status: number, withheld: boolean): void {
    this.status = status
    this.withheld = withheld
    this.phase = 'responding'
    if (withheld && this.#headLeft > 0) this.waitedMs = rounded(performance.now() - this.#headLeft)
  }

  get rate(): number {
    const seconds = (performance.now() - this.#flowing) / 1000
    return this.sentBytes === 0 || seconds <= 0 ? 0 : Math.round(this.sentBytes / seconds)
  }

  snapshot(): AttemptReport {
    const { reason, delayMs, method, url, asked, interim } = this
    const { status, sentBytes, waitedMs, waitLimitMs, reusedConnection } = this
    return {
      reason,
      delayMs,
      method,
      url,
      asked,
      interim: interim.map((each) => ({ ...each })),
      status,
      sentBytes,
      waitedMs,
      waitLimitMs,
      reusedConnection,
    }
  }
}

/** Milliseconds as reports have them. */
export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
