import type { TunnelAuthentication } from '../connection/tunnel.ts'
import type { InContext, UploadContent } from '../content/upload-content.ts'
import type { ResponseFields } from '../headers.ts'
import type { Authenticate } from '../options/authenticate.ts'
import type { ResumeOptions } from '../options/options.ts'
import type { Settings } from '../options/settings.ts'
import type { AttemptReason, AttemptReport } from '../report/report.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { HttpRequest } from './http-request.ts'
import type { UploadContext } from './upload-context.ts'

/** A final response whose head was received. */
export interface Answer {
  readonly status: number
  readonly fields: ResponseFields
  readonly httpRequest: HttpRequest
  readonly attempt: AttemptReport
  /** The number of the attempt, from 1. */
  readonly number: number
  /** Whether the request can be sent again, with its content if it has any. */
  readonly sendable: boolean
  /** Whether all of its content, if any, was sent. */
  readonly complete: boolean
}

/** The parts of a response that are needed to answer a challenge. */
export type Challenged = Pick<Answer, 'status' | 'fields' | 'httpRequest' | 'number' | 'sendable'>

/** A request that failed without a final response. */
export interface Failure {
  readonly error: NodeJS.ErrnoException
  readonly httpRequest: HttpRequest
  readonly attempt: AttemptReport
  readonly sendable: boolean
  /** Whether no content was sent and no byte of a response was received, so that any method can be repeated. */
  readonly untouched: boolean
}

export interface NextAttempt {
  readonly httpRequest: HttpRequest
  readonly reason: Exclude<AttemptReason, 'first'>
  readonly delayMs: number
}

/** The decision about a response or a failure: the next attempt, the error to fail with, or `null` for neither. */
export type AnswerDecision = NextAttempt | Error | null

export interface MakeRecovery {
  /** Combines the steps of an upload. */
  steps(uploadContext: UploadContext): RecoveryStep
  /**
   * The request with the fields that offer a resumable upload to the origin; `null` when it is not offered.
   *
   * @param invited says that an interceptor above added such fields, and not the caller.
   */
  invitation(
    settings: Settings,
    httpRequest: HttpRequest,
    length: number | null,
    invited: boolean,
  ): HttpRequest | null
  /** @throws UploadError when the content is not the one that the resume token was made for. */
  resumption(options: ResumeOptions, upload: Resumable): UploadResumption
  /**
   * Answers a proxy's challenges to CONNECT; `null` when there are no credentials.
   *
   * @param number is the number of the attempt, from 1.
   */
  tunnel(
    authenticate: Authenticate,
    number: number,
    inContext: InContext,
  ): TunnelAuthentication | null
}

/** Decides what to do instead of returning a response, or a failure, to the caller. */
export interface RecoveryStep {
  /** Changes a request before each attempt at it. */
  prepared?(httpRequest: HttpRequest): HttpRequest
  /**
   * The attempt to make instead of returning the response, or the error to fail with; `null` leaves
   * the decision to other steps.
   */
  answered?(answer: Answer): AnswerDecision | Promise<AnswerDecision>
  /** The attempt to make instead of failing, or the error to fail with; `null` leaves the decision to other steps. */
  failed?(failure: Failure): AnswerDecision
}

export interface Resumable {
  /** The first request. */
  readonly httpRequest: HttpRequest
  readonly content: UploadContent
  /** Identifies the state of a file, if the content is one. */
  readonly revision: string | undefined
  readonly log: UploadLog
  readonly allowInsecureRedirect: boolean
}

export interface UploadResumption extends RecoveryStep {
  /** The attempt to begin with when a token is given; `null` otherwise. */
  readonly first: NextAttempt | null
  /** The error of an upload that is being deleted at the origin; `null` when it has not failed. */
  readonly failure: Error | null
  /** The upload failed. Returns the request that deletes an upload that cannot be resumed. */
  abandoned(error: unknown): HttpRequest | null
  /** Sets the steps that decide after this one. */
  before(others: RecoveryStep): RecoveryStep
  /** An attempt wrote the content up to this offset. */
  reached(offset: number): void
  /**
   * Handles a 104. Returns what to do instead of continuing the attempt; `null` to continue.
   *
   * @param reached is the offset up to which the attempt wrote the content.
   */
  interim(fields: ResponseFields, httpRequest: HttpRequest, reached: number): AnswerDecision
  /** The content failed. Returns the attempt to make before the upload fails with that error. */
  contentFailed(error: Error): NextAttempt | null
}
