import type { UploadPhase } from '../errors.ts'
import type { ReleasedBy } from '../protocol/expectation.ts'
import type { AttemptReason, AttemptReport } from './report.ts'

/** What is known of an attempt before it begins. */
export type AttemptHead = Pick<
  AttemptReport,
  'reason' | 'startedAtMs' | 'delayMs' | 'method' | 'url' | 'offset'
>

/** Interim responses that a report has at most. */
const mostInterim = 1000

/** The report of one attempt, being written. */
export class AttemptLog {
  readonly reason: AttemptReason
  readonly startedAtMs: number
  readonly delayMs: number
  readonly method: string
  readonly url: string
  readonly offset: number
  asked = false
  readonly interim: { status: number; atMs: number }[] = []
  /** How many of them were a 100. */
  goAheads = 0
  status: number | null = null
  sentBytes = 0
  waitedMs = 0
  waitLimitMs = 0
  reusedConnection = false
  httpVersion: '1.1' | '2.0' | null = null
  /** Whether the content was to go with it; a redirect may go on without. */
  hasContent = true
  phase: UploadPhase = 'connecting'
  releasedBy: ReleasedBy | null = null
  withheld = false
  /** Whether a response came, or was complete, while content flowed of which some is not sent yet. */
  cutShort = false
  readonly #begun = performance.now()
  #headLeft: number | null = null
  #contentBegan: number | null = null
  #contentEnded: number | null = null
  #answered: number | null = null

  constructor({ reason, startedAtMs, delayMs, method, url, offset = 0 }: AttemptHead) {
    this.reason = reason
    this.startedAtMs = rounded(startedAtMs)
    this.delayMs = rounded(delayMs)
    this.method = method
    this.url = url
    this.offset = offset
  }

  /** Its head leaves; once more where an interceptor below sends it again. */
  head(asked: boolean, reusedConnection: boolean, isHttp2: boolean): void {
    this.asked = asked
    this.httpVersion = isHttp2 ? '2.0' : '1.1'
    this.sentBytes = 0
    this.reusedConnection = reusedConnection
    this.#headLeft = performance.now()
    if (!asked && this.hasContent) this.#contentBegan = this.#headLeft
    this.phase = asked ? 'waiting' : 'sending'
  }

  /** Milliseconds since the head left. */
  get sinceHeadMs(): number {
    return rounded(performance.now() - (this.#headLeft ?? 0))
  }

  noteInterim(status: number): void {
    if (status === 100) this.goAheads += 1
    // An origin that says every second what it has may do so for days.
    if (this.interim.length < mostInterim)
      this.interim.push({ status, atMs: rounded(performance.now() - this.#begun) })
  }

  release(by: ReleasedBy): void {
    this.releasedBy = by
    this.phase = 'sending'
    this.#contentBegan = performance.now()
    this.waitedMs = this.sinceHeadMs
  }

  /** Content flows, where no gate tells when it began. */
  contentFlows(): void {
    this.#contentBegan ??= performance.now()
  }

  /** Whether no more content goes out. */
  get contentEnded(): boolean {
    return this.#contentEnded !== null
  }

  /** All of the content was accepted. */
  delivered(): void {
    this.cutShort = false
    this.contentEnds()
  }

  /** No more content goes out. */
  contentEnds(): void {
    if (this.#contentBegan !== null) this.#contentEnded ??= performance.now()
  }

  final(status: number, withheld: boolean): void {
    this.status = status
    this.withheld = withheld
    this.phase = 'responding'
    this.#answered = performance.now()
    // An origin that answered with less may still be reading.
    if (status >= 300) this.contentEnds()
    if (withheld && this.#headLeft !== null) this.waitedMs = this.sinceHeadMs
  }

  get rate(): number {
    if (this.sentBytes === 0 || this.#contentBegan === null) return 0
    const seconds = (performance.now() - this.#contentBegan) / 1000
    return seconds <= 0 ? 0 : Math.round(this.sentBytes / seconds)
  }

  snapshot(): AttemptReport {
    const { reason, startedAtMs, delayMs, method, url, asked, interim } = this
    const { status, sentBytes, waitedMs, waitLimitMs, reusedConnection, httpVersion } = this
    return {
      reason,
      startedAtMs,
      delayMs,
      method,
      url,
      asked,
      headAtMs: this.#at(this.#headLeft),
      interim: interim.map((each) => ({ ...each })),
      contentAtMs: this.#at(this.#contentBegan),
      contentEndAtMs: this.#at(this.#contentEnded),
      status,
      statusAtMs: this.#at(this.#answered),
      sentBytes,
      ...(this.offset > 0 && { offset: this.offset }),
      waitedMs,
      waitLimitMs,
      reusedConnection,
      httpVersion,
    }
  }

  #at(time: number | null): number | null {
    return time === null ? null : rounded(time - this.#begun)
  }
}

/** Milliseconds as reports have them. */
export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
