import type { UploadPhase } from '../errors.ts'
import type { DecisionReason } from '../protocol/decision.ts'

/**
 * Why an upload sent the expectation, or did not. With `'no-gate'`, the connections of the process's
 * dispatcher could not hold content back, so the expectation was left out.
 */
export type AskReason = DecisionReason | 'no-gate'

/**
 * How the expectation ended:
 *
 * - `'continued'`: the origin sent a 100.
 * - `'silent'`: the wait ended without a response, and the content was sent.
 * - `'refused'`: the origin sent a final status from 300 on before the content.
 * - `'answered'`: the origin sent a 2xx before all of the content was sent. The rest may still be sent
 *   until the response is complete, so a later report may differ.
 * - `'replayed'`: the origin sent a 417, and the request was repeated without the expectation.
 * - `'resumed'`: the upload was interrupted and resumed.
 * - `'not-asked'`: the request did not carry the expectation.
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
 * Why an attempt was made:
 *
 * - `'first'`: it is the first one of the upload.
 * - `'replay'`: the last attempt got a 417.
 * - `'challenge'`: the last attempt got a 401 or 407, and there are credentials for it.
 * - `'fresh-connection'`: the connection of the last attempt failed before any content was sent.
 * - `'redirect'`: it follows a redirect.
 * - `'retry'`: the option `retry` repeats the request.
 * - `'locate'`: it asks the origin for the offset of an interrupted upload.
 * - `'resume'`: it sends the content from that offset.
 * - `'cancel'`: it deletes an upload at the origin that cannot be resumed.
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

/** One request on one connection. All times except `startedAtMs` count from the beginning of the attempt. */
export interface AttemptReport {
  readonly reason: AttemptReason
  /** Milliseconds from the beginning of the upload to the beginning of the attempt. */
  readonly startedAtMs: number
  /** Milliseconds of delay before the attempt. */
  readonly delayMs: number
  readonly method: string
  /** Origin and path, without the query, which may contain credentials. */
  readonly url: string
  /** Whether the head carried the expectation. */
  readonly asked: boolean
  /** When the head was written, in milliseconds; `null` when it was not, or the connection had no gate. */
  readonly headAtMs: number | null
  /** The first 1000 interim responses, with their times in milliseconds. */
  readonly interim: readonly { readonly status: number; readonly atMs: number }[]
  /** When the first content was sent, in milliseconds; `null` when none was. */
  readonly contentAtMs: number | null
  /**
   * When the last content was accepted, or a response stopped it, in milliseconds; `null` when
   * neither happened, or the connection had no gate.
   */
  readonly contentEndAtMs: number | null
  /** The status of the final response; `null` when none was received. */
  readonly status: number | null
  /** When the final response began, in milliseconds; `null` when none was received. */
  readonly statusAtMs: number | null
  /** Bytes of content that the connection accepted. */
  readonly sentBytes: number
  /** The offset at which the attempt began in the content; absent when 0. */
  readonly offset?: number
  /** Milliseconds from the head until the content was released or refused. */
  readonly waitedMs: number
  /** Milliseconds after which the content is released without a response; 0 without the expectation. */
  readonly waitLimitMs: number
  /** Whether the connection was used by an earlier request. */
  readonly reusedConnection: boolean
  /** The HTTP version of the connection; `null` before it was made, or when it had no gate. */
  readonly httpVersion: '1.1' | '2.0' | null
}

/**
 * What an upload did so far, as plain data. `upload` makes it when the head of the response arrives.
 * `reportOf(response)` makes a new one at any time, for instance after the response was read.
 */
export interface UploadReport {
  /** The status of the last attempt's final response; `null` when none was received. */
  readonly status: number | null
  /** Whether that status is from 200 to 299. */
  readonly ok: boolean
  readonly asked: boolean
  readonly reason: AskReason
  readonly outcome: UploadOutcome
  /** Milliseconds for which content was held back, over all attempts. */
  readonly waitedMs: number
  /**
   * Bytes of content accepted by the connection of the last attempt that sent content, plus those
   * before the offset of a resumed upload. Bytes that earlier attempts sent in vain are in `attempts`.
   */
  readonly sentBytes: number
  /**
   * Bytes of content that were not sent because of an early response (`outcome` is `'refused'` or
   * `'answered'`); 0 when the length is unknown.
   */
  readonly savedBytes: number
  /** Bytes that the origin last acknowledged; absent when it acknowledged none. */
  readonly acknowledged?: number
  /**
   * The digest that the origin sent, as a `Repr-Digest` field has it (RFC 9530). It is that of the content. Absent
   * when no digest was wanted, or the origin sent none.
   */
  readonly digest?: string
  /** The token to resume an incomplete upload with; absent when it cannot be resumed. */
  readonly resume?: ResumeToken
  readonly attempts: readonly AttemptReport[]
}

/** What is needed to resume an interrupted upload, also in another process. Pass it as the option `resume`. */
export interface ResumeToken {
  /** The URL of the upload at the origin. Keep it secret: it may be all that is needed to continue the upload. */
  readonly location: string
  /** Bytes that the origin acknowledged. */
  readonly offset: number
  /** Bytes of the whole content; `null` when unknown. */
  readonly length: number | null
  /** The interop version of the draft. */
  readonly version: number
  /** Identifies the state of a file. */
  readonly revision?: string
}

/** The progress of an upload. */
export interface Progress {
  readonly phase: UploadPhase
  /** Bytes of content accepted by the connection of this attempt, plus those before its offset. */
  readonly sent: number
  /** Bytes that the origin last acknowledged; absent when it acknowledged none. */
  readonly acknowledged?: number
  /** Bytes of the whole content; `null` when unknown. */
  readonly total: number | null
  /** Bytes per second since the first content was sent; 0 before. */
  readonly rate: number
}

/** An interim response. A 100 is not reported as one. */
export interface InterimResponse {
  /** From 102 to 199. */
  readonly status: number
  readonly headers: Headers
}

/** Callbacks of an upload. An error that they throw ends the upload, unless its response has arrived. */
export interface UploadListeners {
  /** Called with the progress of the upload. */
  onProgress?: ((progress: Progress) => void) | undefined
  /**
   * Called once, before the content is read: after a 100, after a wait without a response, or at once
   * for a request without the expectation. A gateway can send a 100 to its own client here.
   */
  onContinue?: (() => void) | undefined
  /** Called with each interim response except a 100, for instance with the links of a 103. */
  onInterim?: ((response: InterimResponse) => void) | undefined
}
