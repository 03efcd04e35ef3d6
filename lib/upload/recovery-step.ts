import type { TunnelAuthentication } from '../connection/tunnel.ts'
import type { InContext, UploadContent } from '../content/upload-content.ts'
import type { ResponseFields } from '../headers.ts'
import type { Authenticate } from '../options/authenticate.ts'
import type { ResumeOptions, Settings } from '../options/options.ts'
import type { AttemptReason, AttemptReport } from '../report/report.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { HttpRequest } from './http-request.ts'
import type { ProxyRouting } from './proxy-routing.ts'

/** A final response whose head came. */
export interface Answer {
  readonly status: number
  readonly fields: ResponseFields
  /** The request that it answers. */
  readonly httpRequest: HttpRequest
  readonly attempt: AttemptReport
  /** Which attempt of the upload it was, counted from 1. */
  readonly number: number
  /** Whether the request can go out again: its content from the first byte, or none. */
  readonly sendable: boolean
  /** Whether all of its content was sent, which may have been none. */
  readonly complete: boolean
}

/** What of an answer tells whether it is a challenge that can be met. */
export type Challenged = Pick<Answer, 'status' | 'fields' | 'httpRequest' | 'number' | 'sendable'>

/** A request that failed without a final response. */
export interface Failure {
  readonly error: NodeJS.ErrnoException
  readonly httpRequest: HttpRequest
  readonly attempt: AttemptReport
  readonly sendable: boolean
  /** Whether no content can have left and no byte of a response came, so that any method may go again. */
  readonly untouched: boolean
}

/** The attempt that comes next. */
export interface NextAttempt {
  readonly httpRequest: HttpRequest
  readonly reason: Exclude<AttemptReason, 'first'>
  /** Milliseconds until it begins. */
  readonly delayMs: number
}

/** What is decided about an answer or a failure: the attempt that comes next, or what to fail with. */
export type AnswerDecision = NextAttempt | Error | null

/** Makes what is done about the answers to one upload and its failures. */
export interface MakeRecovery {
  /**
   * @param steps are those of the call, beside what every upload does.
   * @param resumption decides before them about an upload that can be resumed.
   */
  recovery(
    settings: Settings,
    first: HttpRequest,
    routing: ProxyRouting,
    steps: readonly RecoveryStep[],
    resumption: UploadResumption | null,
  ): RecoveryStep
  /**
   * The request that invites an origin to make it one that can be resumed; `null` where it is not.
   *
   * @param invited says that the fields of an invitation are not the caller's.
   */
  invitation(
    settings: Settings,
    httpRequest: HttpRequest,
    length: number | null,
    invited: boolean,
  ): HttpRequest | null
  /** @throws UploadError when the content is not what the token of an earlier upload was made for. */
  resumption(options: ResumeOptions, upload: Resumable): UploadResumption
  /**
   * What answers a proxy that wants credentials before it makes a tunnel; `null` where there are none.
   *
   * @param number is that of the attempt, counted from 1.
   */
  tunnel(
    authenticate: Authenticate,
    number: number,
    inContext: InContext,
  ): TunnelAuthentication | null
}

/** Something that can be done in place of handing an answer, or a failure, to the caller. */
export interface RecoveryStep {
  /** Changes a request before each attempt at it. */
  prepared?(httpRequest: HttpRequest): HttpRequest
  /**
   * The attempt to make in place of handing the response over, or the error to fail with;
   * `null` for neither.
   */
  answered?(answer: Answer): AnswerDecision | Promise<AnswerDecision>
  /** The attempt to make in place of failing, or what to fail with; `null` leaves that to others. */
  failed?(failure: Failure): AnswerDecision
}

/** The upload that is to be resumed. */
export interface Resumable {
  /** Its first request. */
  readonly httpRequest: HttpRequest
  readonly content: UploadContent
  /** Which state of a file it is, where that is known. */
  readonly revision: string | undefined
  readonly log: UploadLog
  readonly allowInsecureRedirect: boolean
}

/** Goes on with an upload that was interrupted. */
export interface UploadResumption extends RecoveryStep {
  /** The request to begin with, where the upload was begun by somebody else; `null` for its own. */
  readonly first: NextAttempt | null
  /** The upload has failed; the request that deletes what nobody can go on with. */
  abandoned(error: unknown): HttpRequest | null
  /** Has the other steps decide what is left to them. */
  before(others: RecoveryStep): RecoveryStep
  /** An attempt has handed the content to the system up to here. */
  reached(offset: number): void
  /** Takes in a 104; answers what is to be done in place of going on. */
  interim(fields: ResponseFields, httpRequest: HttpRequest, reached: number): AnswerDecision
  /** The content failed; answers what comes before the upload fails with that. */
  spoiled(error: Error): NextAttempt | null
}
