import type { ResponseFields } from '../../lib/headers.ts'
import type { AttemptReport } from '../../lib/report/report.ts'
import type { HttpRequest } from '../../lib/upload/http-request.ts'
import type { Answer, Failure } from '../../lib/upload/recovery-step.ts'

/** A PUT with content; `changes` replace its properties. */
function requestOf(changes: Partial<HttpRequest> = {}): HttpRequest {
  const httpRequest: HttpRequest = {
    origin: 'http://first.example',
    path: '/videos/1?part=2',
    method: 'PUT',
    headers: ['content-length', '5', 'content-type', 'text/plain', 'authorization', 'Basic eDp5'],
    hasContent: true,
  }
  return { ...httpRequest, ...changes }
}

function attemptOf(changes: Partial<AttemptReport>): AttemptReport {
  const attempt: AttemptReport = {
    reason: 'first',
    startedAtMs: 0,
    delayMs: 0,
    method: 'PUT',
    url: 'http://first.example/videos/1',
    asked: true,
    headAtMs: null,
    interim: [],
    contentAtMs: null,
    contentEndAtMs: null,
    status: null,
    statusAtMs: null,
    sentBytes: 0,
    waitedMs: 0,
    waitLimitMs: 0,
    reusedConnection: false,
    httpVersion: null,
  }
  return { ...attempt, ...changes }
}

interface Known {
  readonly httpRequest?: Partial<HttpRequest>
  readonly attempt?: Partial<AttemptReport>
  readonly sendable?: boolean
  readonly complete?: boolean
}

/** A response that arrived before any content was sent. */
export function answerOf(
  status: number,
  fields: ResponseFields = {},
  { httpRequest, attempt = {}, sendable = true, complete = false }: Known = {},
): Answer {
  const completeAttempt = attemptOf({ status, ...attempt })
  return {
    status,
    fields,
    httpRequest: requestOf(httpRequest),
    attempt: completeAttempt,
    number: 1,
    sendable,
    complete,
  }
}

export function failureOf(
  code: string,
  {
    httpRequest,
    attempt = {},
    sendable = true,
    untouched = true,
  }: Known & { untouched?: boolean } = {},
): Failure {
  const error = Object.assign(new Error(code), { code })
  return {
    error,
    httpRequest: requestOf(httpRequest),
    attempt: attemptOf(attempt),
    sendable,
    untouched,
  }
}
