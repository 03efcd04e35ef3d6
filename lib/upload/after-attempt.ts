import type { ResponseFields } from '../headers.ts'
import type { Attempt } from './attempt.ts'
import { callKey, type ExpectDispatchOptions } from './expect-request.ts'
import type { HttpRequest } from './http-request.ts'
import type { Answer, AnswerDecision, Failure } from './recovery-step.ts'
import type { UploadContext } from './upload-context.ts'
import type { UploadRun } from './upload-run.ts'

/** What the recovery steps do about a final response. */
export function afterAnswer(
  { uploadContext, requestState: { httpRequest } }: UploadRun,
  attempt: Attempt,
  status: number,
  fields: ResponseFields,
): AnswerDecision | Promise<AnswerDecision> {
  const { log, resumption, settings } = uploadContext
  // A success concerns only the steps that read the next nonce, or the digest of the upload.
  if (status < 300 && settings.authenticate === null && resumption === null) return null
  resumption?.reached(attempt.reached)
  const answer: Answer = {
    status,
    fields,
    httpRequest,
    attempt: attempt.log.snapshot(),
    number: log.attempts.length,
    sendable: isSendable(uploadContext, httpRequest),
    complete: attempt.complete,
  }
  return uploadContext.recovery.answered?.(answer) ?? null
}

/** What the recovery steps do about an attempt that failed. */
export function afterFailure(
  { uploadContext, requestState: { httpRequest } }: UploadRun,
  attempt: Attempt,
  error: Error,
): AnswerDecision {
  uploadContext.resumption?.reached(attempt.reached)
  const failure: Failure = {
    error,
    httpRequest,
    attempt: attempt.log.snapshot(),
    sendable: isSendable(uploadContext, httpRequest),
    untouched: attempt.untouchedBy(error),
  }
  return uploadContext.recovery.failed?.(failure) ?? null
}

function isSendable({ content }: UploadContext, { hasContent, part }: HttpRequest): boolean {
  return !hasContent || (content?.opensAt(part?.start ?? 0) ?? true)
}

const nothing = (): void => {}

/** Milliseconds to wait for each part of the response to the DELETE of an abandoned upload. */
const abandonTimeout = 5000

/** Deletes an upload at the origin that cannot be resumed. The result is ignored. */
export function abandon(uploadContext: UploadContext, error: Error): void {
  const { resumption, interceptorContext, request } = uploadContext
  const deletion = resumption?.abandoned(error) ?? null
  if (deletion === null) return
  const { origin, path, method, headers } = uploadContext.recovery.prepared?.(deletion) ?? deletion
  const { [callKey]: _call, ...own }: ExpectDispatchOptions = request
  // Only a closing agent waits for the result, so an origin that does not answer is not waited for long.
  const timeouts = { headersTimeout: abandonTimeout, bodyTimeout: abandonTimeout }
  const options = { ...own, ...timeouts, origin, path, method, headers, body: null }
  try {
    interceptorContext.dispatch(options, {
      onRequestStart: nothing,
      onResponseStart: nothing,
      onResponseEnd: nothing,
      onResponseError: nothing,
    })
  } catch {
    // A closed client accepts no requests.
  }
}
