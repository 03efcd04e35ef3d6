import type { UploadPhase } from '../errors.ts'
import type { DecisionReason } from '../protocol/decision.ts'

/**
 * Why an upload asked, or did not. `'no-gate'`: it would have asked, but the connections of the
 * process's dispatcher cannot hold content back.
 */
export type AskReason = DecisionReason | 'no-gate'

/**
 * How the expectation ended: the origin said go; it stayed silent and the content was sent
 * all the same; it refused before the content; it answered with a 2xx before the content, or
 * before the end of it (where the rest goes out until the response is complete, a later report
 * may say that all was sent); it answered 417 and the request was replayed; the upload was
 * interrupted, and went on where it was; nobody was asked.
 */
export type UploadOutcome =
  | 'continued'
  | 'silent'
  | 'refused'
  | 'answered'
  | 'replayed'
  | 'resumed'
  | 'not-asked'

/**
 * Why an attempt was made: it is the upload's first; a 417 was answered to the one before it;
 * the one before it was challenged with a 401 or 407, and there are credentials; the
 * connection of the one before it was dead before anything was lost; a redirect was followed;
 * `retry` asked for it; it finds out where an interrupted upload is to go on; it goes on there; it
 * deletes at the origin what nobody can go on with.
 */
export type AttemptReason =
  | 'first'
  | 'replay'
  | 'challenge'
  | 'fresh-connection'
  | 'redirect'
  | 'retry'
  | 'locate'
  | 'resume'
  | 'cancel'

/** One request head on one connection. Times but `startedAtMs` count from its beginning. */
export interface AttemptReport {
  readonly reason: AttemptReason
  /** Milliseconds from the upload's beginning to the attempt's. */
  readonly startedAtMs: number
  /** Milliseconds that were let pass before it. */
  readonly delayMs: number
  readonly method: string
  /** Origin and path, without the query, which may hold credentials. */
  readonly url: string
  /** Whether the head carried the expectation. */
  readonly asked: boolean
  /** When the head had left, in milliseconds; `null` where it did not, or no gate saw it. */
  readonly headAtMs: number | null
  /** The first 1000 interim responses, with the milliseconds from the attempt's beginning. */
  readonly interim: readonly { readonly status: number; readonly atMs: number }[]
  /** When content began to flow, in milliseconds; `null` when it did not. */
  readonly contentAtMs: number | null
  /**
   * When the last of the content was accepted, or an answer cut it short, in milliseconds; `null`
   * when it did not end, or no gate saw it.
   */
  readonly contentEndAtMs: number | null
  /** The status of the final response, or `null` when none came. */
  readonly status: number | null
  /** When the final response began, in milliseconds; `null` when none came. */
  readonly statusAtMs: number | null
  /** Bytes of content that the connection accepted. */
  readonly sentBytes: number
  /** Where in the content it began; not there where that is its beginning. */
  readonly offset?: number
  /** Milliseconds from when the head left until the content was let go or refused. */
  readonly waitedMs: number
  /** Milliseconds after which the content would have been let go without an answer; 0 when it did not ask. */
  readonly waitLimitMs: number
  /** Whether the connection had carried a request before. */
  readonly reusedConnection: boolean
  /** The version that the connection spoke; `null` before there was one, or where no gate saw it. */
  readonly httpVersion: '1.1' | '2.0' | null
}

/**
 * What an upload did up to now, as plain data. `upload` makes it when the head of the response
 * came; `reportOf(response)` makes another one at any time, such as when the content was read.
 */
export interface UploadReport {
  readonly asked: boolean
  readonly reason: AskReason
  readonly outcome: UploadOutcome
  /** Milliseconds that content was held back, over all attempts. */
  readonly waitedMs: number
  /**
   * Bytes of content that the connection of the last attempt to send it accepted, with those before
   * the offset at which a resumed upload went on. What went out
   * before, and was made void by a redirect, a replay or a retry, is told by `attempts`.
   */
  readonly sentBytes: number
  /**
   * The rest of the content, where a response came before it (`outcome` is `'refused'` or
   * `'answered'`) and kept it off the wire; 0 when the length is not known.
   */
  readonly savedBytes: number
  /** Bytes that the origin last said to have; not there where it said nothing. */
  readonly acknowledged?: number
  /** With what an upload that can be resumed and is not complete goes on; not there where it cannot. */
  readonly resume?: ResumeToken
  readonly attempts: readonly AttemptReport[]
}

/** How an upload goes on that was interrupted, in another process too: `resume` takes it as it is. */
export interface ResumeToken {
  /** The URL of the upload at the origin. Whoever has it may be able to go on with the upload. */
  readonly location: string
  /** Bytes that the origin had acknowledged. */
  readonly offset: number
  /** Bytes in all, or `null` when that is not known. */
  readonly length: number | null
  /** The interop version of the draft. */
  readonly version: number
  /** Which state of a file it is. */
  readonly revision?: string
}

/** How far an upload is. */
export interface Progress {
  readonly phase: UploadPhase
  /** Bytes of content this attempt's connection accepted, with those before where it began. */
  readonly sent: number
  /** Bytes that the origin last said to have; not there where it said nothing. */
  readonly acknowledged?: number
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
  /**
   * Told once when the content is about to be read: the server said 100, or it said nothing within
   * the wait, or it was not asked. A gateway can say 100 to its own client here.
   */
  onContinue?: (() => void) | undefined
  /** Told of each interim response but a 100: the links of a 103, the `Upload-Offset` of a 104. */
  onInterim?: ((response: InterimResponse) => void) | undefined
}
