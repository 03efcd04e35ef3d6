import type { ResponseFields } from '../headers.ts'
import type { AttemptReason, AttemptReport } from '../report/report.ts'
import type { Hop } from './hop.ts'

/** A final response whose head came. */
export interface Answer {
  readonly status: number
  readonly fields: ResponseFields
  /** The request that it answers. */
  readonly hop: Hop
  readonly attempt: AttemptReport
  /** Which attempt of the upload it was, counted from 1. */
  readonly number: number
  /** Whether the request can go out again: its content from the first byte, or none. */
  readonly sendable: boolean
  /** Whether all of its content was sent, which may have been none. */
  readonly complete: boolean
}

/** A request that failed without a final response. */
export interface Failure {
  readonly error: NodeJS.ErrnoException
  readonly hop: Hop
  readonly attempt: AttemptReport
  readonly sendable: boolean
  /** Whether no content can have left and no byte of a response came, so that any method may go again. */
  readonly untouched: boolean
}

/** The attempt that comes next. */
export interface Next {
  readonly hop: Hop
  readonly reason: Exclude<AttemptReason, 'first'>
  /** Milliseconds until it begins. */
  readonly delayMs: number
}

/** What is decided about an answer or a failure: the attempt that comes next, or what to fail with. */
export type Decided = Next | Error | null

/** Something that can be done in place of handing an answer, or a failure, to the caller. */
export interface Recourse {
  /** Changes a request before each attempt at it. */
  prepared?(hop: Hop): Hop
  /**
   * The attempt to make in place of handing the response over, or the error to fail with;
   * `null` for neither.
   */
  answered?(answer: Answer): Decided | Promise<Decided>
  /** The attempt to make in place of failing, or what to fail with; `null` leaves that to others. */
  failed?(failure: Failure): Decided
}
