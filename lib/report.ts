import type { UploadPhase, UploadPlace } from './errors.ts'
import type { ReleasedBy } from './verdict.ts'

/** Why an upload asked, or did not. */
export type AskReason =
  | 'threshold'
  | 'unknown-length'
  | 'always'
  | 'never'
  | 'no-content'
  | 'below-threshold'
  | 'remembered-417'
  | 'remembered-silent'
  | 'remembered-refusal'

/**
 * How the expectation ended: the origin said go; it stayed silent and the content was sent
 * all the same; it refused before the content; it answered with a 2xx before the content, or
 * before the end of it, and the rest was withheld; it answered 417 and the request was
 * replayed; nobody was asked.
 */
export type UploadOutcome =
  | 'continued'
  | 'silent'
  | 'refused'
  | 'answered'
  | 'replayed'
  | 'not-asked'

/**
 * Why an attempt was made: it is the upload's first; a 417 was answered to the one before it;
 * the one before it was challenged with a 401 or 407, and there are credentials; the
 * connection of the one before it was dead before anything was lost; a redirect was followed;
 * `retry` asked for it.
 */
export type AttemptReason =
  | 'first'
  | 'replay'
  | 'challenge'
  | 'fresh-connection'
  | 'redirect'
  | 'retry'

/** One request head on one connection. */
export interface AttemptReport {
  readonly reason: AttemptReason
  /** Milliseconds that were let pass before it. */
  readonly delayMs: number
  readonly method: string
  /** Origin and path, without the query, which may hold credentials. */
  readonly url: string
  /** Whether the head carried the expectation. */
  readonly asked: boolean
  /** Interim responses, with the milliseconds from the attempt's beginning. */
  readonly interim: readonly { readonly status: number; readonly atMs: number }[]
  /** The status of the final response, or `null` when none came. */
  readonly status: number | null
  /** Bytes of content that the connection accepted. */
  readonly sentBytes: number
  /** Milliseconds from when the head left until the content was let go or refused. */
  readonly waitedMs: number
  /** Milliseconds after which the content would have been let go without an answer; 0 when it did not ask. */
  readonly waitLimitMs: number
  /** Whether the connection had carried a request before. */
  readonly reusedConnection: boolean
}

/** What an upload did, as plain data. */
export interface UploadReport {
  readonly asked: boolean
  readonly reason: AskReason
  readonly outcome: UploadOutcome
  /** Milliseconds that content was held back, over all attempts. */
  readonly waitedMs: number
  /** Bytes of content that connections accepted, over all attempts. */
  readonly sentBytes: number
  /** Bytes of content that an answer before it kept off the wire; 0 when the length is not known. */
  readonly savedBytes: number
  readonly attempts: readonly AttemptReport[]
}

/** How far an upload is. */
export interface Progress {
  readonly phase: UploadPhase
  /** Bytes of content this attempt's connection accepted. */
  readonly sent: number
  /** Bytes of content in all, or `null` when that is not known. */
  readonly total: number | null
  /** Bytes a second since the content began to flow; 0 before. */
  readonly rate: number
}

/** An interim response, as it came. A 100 concerns the upload alone and is not told. */
export interface InterimResponse {
  /** From 102 to 199. */
  readonly status: number
  readonly headers: Headers
}

/** Whom to tell what an upload does. What they throw ends it, unless the answer has come. */
export interface UploadListeners {
  /** Told how far the upload is. */
  onProgress?: ((progress: Progress) => void) | undefined
  /** Told of each interim response but a 100: the links of a 103, the `Upload-Offset` of a 104. */
  onInterim?: ((response: InterimResponse) => void) | undefined
}

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

/** The report of one upload, being written. */
export class UploadLog {
  reason: AskReason = 'no-content'
  total: number | null = null
  readonly attempts: AttemptLog[] = []
  /** Where redirects led, with the query; `null` when none was followed. */
  location: string | null = null
  readonly #listeners: UploadListeners

  constructor(listeners: UploadListeners = {}) {
    this.#listeners = { ...listeners }
  }

  /** Tells the caller how far the upload is; a caller who throws is told no more. */
  progress({ phase, sentBytes, rate }: AttemptLog): void {
    this.#tell('onProgress', { phase, sent: sentBytes, total: this.total, rate })
  }

  /** Tells the caller of an interim response; a caller who throws is told no more. */
  interim(response: InterimResponse): void {
    this.#tell('onInterim', response)
  }

  #tell<Name extends keyof UploadListeners>(
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

  get sentBytes(): number {
    return this.attempts.reduce((sum, { sentBytes }) => sum + sentBytes, 0)
  }

  /** Where the upload stands, for an error. */
  place(): UploadPlace {
    const last = this.attempts.at(-1)
    return {
      phase: last?.phase ?? 'connecting',
      sentBytes: this.sentBytes,
      attempt: this.attempts.length,
      status: this.attempts.findLast(({ status }) => status !== null)?.status ?? null,
    }
  }

  snapshot(): UploadReport {
    const outcome = this.#outcome()
    const early = outcome === 'refused' || outcome === 'answered'
    const sentLast = this.#lastWithContent?.sentBytes ?? 0
    return {
      asked: this.attempts.some(({ asked }) => asked),
      reason: this.reason,
      outcome,
      waitedMs: rounded(this.attempts.reduce((sum, { waitedMs }) => sum + waitedMs, 0)),
      sentBytes: this.sentBytes,
      savedBytes: early && this.total !== null ? this.total - sentLast : 0,
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
    if (this.attempts.some(({ reason }) => reason === 'replay')) return 'replayed'
    if (last?.releasedBy === 'continue') return 'continued'
    if (last?.releasedBy === 'timeout') return 'silent'
    return 'not-asked'
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
