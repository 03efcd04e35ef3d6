import type { UploadPhase } from '../errors.ts'
import type { ReleasedBy } from '../protocol/expectation.ts'
import type { AttemptReason, AttemptReport } from './report.ts'

/** The part of an attempt's report that is known before the attempt begins. */
export type AttemptHead = Pick<
  AttemptReport,
  'reason' | 'startedAtMs' | 'delayMs' | 'method' | 'url' | 'offset'
>

const maxInterim = 1000

export class AttemptLog {
  readonly reason: AttemptReason
  readonly startedAtMs: number
  readonly delayMs: number
  readonly method: string
  readonly url: string
  readonly offset: number
  asked = false
  readonly interim: { status: number; atMs: number }[] = []
  continueCount = 0
  status: number | null = null
  sentBytes = 0
  waitedMs = 0
  waitLimitMs = 0
  reusedConnection = false
  httpVersion: '1.1' | '2.0' | null = null
  /** Whether the request has content; a redirect may drop it. */
  hasContent = true
  phase: UploadPhase = 'connecting'
  releasedBy: ReleasedBy | null = null
  withheld = false
  /** Whether the final response began, or ended, before all of the content was sent. */
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

  /** The head is written. Called again when an interceptor below retries the request. */
  head(asked: boolean, reusedConnection: boolean, isHttp2: boolean): void {
    this.asked = asked
    this.httpVersion = isHttp2 ? '2.0' : '1.1'
    this.sentBytes = 0
    this.reusedConnection = reusedConnection
    this.#headLeft = performance.now()
    if (!asked && this.hasContent) this.#contentBegan = this.#headLeft
    this.phase = asked ? 'waiting' : 'sending'
  }

  get sinceHeadMs(): number {
    return rounded(performance.now() - (this.#headLeft ?? 0))
  }

  noteInterim(status: number): void {
    if (status === 100) this.continueCount += 1
    // An origin may send a 104 every second for days.
    if (this.interim.length < maxInterim)
      this.interim.push({ status, atMs: rounded(performance.now() - this.#begun) })
  }

  release(by: ReleasedBy): void {
    this.releasedBy = by
    this.phase = 'sending'
    this.#contentBegan = performance.now()
    this.waitedMs = this.sinceHeadMs
  }

  /** Content is being sent, on a connection without a gate. */
  contentFlows(): void {
    this.#contentBegan ??= performance.now()
  }

  get contentEnded(): boolean {
    return this.#contentEnded !== null
  }

  delivered(): void {
    this.cutShort = false
    this.contentEnds()
  }

  contentEnds(): void {
    if (this.#contentBegan !== null) this.#contentEnded ??= performance.now()
  }

  final(status: number, withheld: boolean): void {
    this.status = status
    this.withheld = withheld
    this.phase = 'responding'
    this.#answered = performance.now()
    // After a status below 300 the origin may still read the content.
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
    const head = { reason, startedAtMs, delayMs, method, url, asked }
    const rest = { waitedMs, waitLimitMs, reusedConnection, httpVersion }
    return {
      ...head,
      headAtMs: this.#at(this.#headLeft),
      interim: interim.map((each) => ({ ...each })),
      contentAtMs: this.#at(this.#contentBegan),
      contentEndAtMs: this.#at(this.#contentEnded),
      status,
      statusAtMs: this.#at(this.#answered),
      sentBytes,
      ...(this.offset > 0 && { offset: this.offset }),
      ...rest,
    }
  }

  #at(time: number | null): number | null {
    return time === null ? null : rounded(time - this.#begun)
  }
}

/** Milliseconds rounded to one decimal, as in reports. */
export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
