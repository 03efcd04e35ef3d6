import type { TicketOptions } from '../connection/ticket.ts'
import type { Part, UploadContent } from '../content/upload-content.ts'
import type { Decision } from '../protocol/decision.ts'
import type { AttemptHead } from '../report/attempt-log.ts'
import type { AskReason, AttemptReason } from '../report/report.ts'
import { type HttpRequest, reportedUrl } from './http-request.ts'
import type { UploadRun } from './upload-run.ts'

/** What does not change during an attempt. */
export interface AttemptOptions extends AttemptHead, TicketOptions {
  /** The number of the attempt, from 1. */
  readonly number: number
  /** Whether the expectation is planned. Whether it was sent is known after the head. */
  readonly asks: boolean
  /** The reason to report when content is sent without the expectation for lack of a gate; `null` when that is an error. */
  readonly unaskedReason: AskReason | null
  readonly content: UploadContent | null
  /** The part of the content for a request to an upload resource; `undefined` for all of it. */
  readonly part: Part | undefined
  /** The whole content, if it is in memory and need not be held back. */
  readonly buffered: string | Buffer | null
}

export function attemptOptions(
  { uploadContext, requestState }: UploadRun,
  httpRequest: HttpRequest,
  { asks, reason: askReason }: Decision,
  reason: AttemptReason,
  delayMs: number,
): AttemptOptions {
  const { interceptorContext, log, settings, content, buffered } = uploadContext
  const { part } = httpRequest
  const sends = httpRequest.hasContent && content?.length !== 0
  return {
    reason,
    startedAtMs: log.elapsedMs,
    delayMs,
    method: httpRequest.method,
    url: reportedUrl(httpRequest),
    offset: part?.start ?? 0,
    number: log.attempts.length + 1,
    asks,
    unaskedReason: unaskedReason(askReason, interceptorContext.needsGate),
    rescueTimeout: settings.rescueTimeout,
    content: sends ? content : null,
    part,
    isResumable: uploadContext.resumption !== null,
    buffered: asks || part !== undefined ? null : buffered,
    prefersHttp1: requestState.prefersHttp1,
    mayNeedHttp2: requestState.mayNeedHttp2,
    lengthStated: uploadContext.lengthStated,
    isReplaced: interceptorContext.isReplaced,
  }
}

function unaskedReason(reason: AskReason, needsGate: boolean): AskReason | null {
  // Below the threshold the expectation is optional: without a gate, the content is sent at once.
  if (reason === 'remembered-refusal') return 'below-threshold'
  return needsGate || reason === 'always' ? null : 'no-gate'
}
