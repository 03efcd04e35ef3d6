import { STATUS_CODES } from 'node:http'
import type { AskReason, AttemptReason, UploadReport } from '../index.ts'
import { bytesText, millisecondsText } from './amount.ts'
import type { Answer } from './asking.ts'
import type { FileResult } from './file-upload.ts'

/** The outcome of an upload: `201 Created, go-ahead after 12 ms, 5.0 GiB sent in 12.0 s`. */
export interface Outcome {
  readonly kind: 'accepted' | 'skipped' | 'refused'
  /** The parts of the line, the most important first. */
  readonly parts: readonly string[]
  /** Why it was not accepted, if the user can fix that. */
  readonly fault: { readonly code: string; readonly message: string } | null
}

/** Properties of an upload on which the meaning of a status depends. */
export interface StatusContext {
  /** Whether a 412 means that the file exists already. */
  readonly skipExisting: boolean
  readonly chunked: boolean
  /** Whether a later run of the command can resume the upload. */
  readonly resumable?: boolean
}

const lengthRequired = {
  code: 'ERR_LENGTH_REQUIRED',
  message:
    "the server may want to know the length of the body: upload a file, or say it with -H 'Content-Length: …'",
}

const authenticationUnsupported = {
  code: 'ERR_AUTHENTICATION_UNSUPPORTED',
  message:
    'only NTLM or Negotiate is offered, which are not supported; have Basic over TLS or Digest offered, too',
}

export function outcomeOf(
  { response: { status, statusText, headers }, report }: FileResult,
  durationMs: number,
  context: StatusContext,
): Outcome {
  const { attempts, savedBytes } = report
  const isResumed = report.outcome === 'resumed'
  const own = attempts.filter(({ reason }) => !ofResumption.includes(reason))
  const first = own[0]
  // Ignores the GET after a 303, which has no content.
  const last = own.findLast(({ method }) => method === first?.method)
  const resumedBytes = attempts.reduce((sum, { sentBytes }) => sum + sentBytes, 0)
  const sentBytes = isResumed ? resumedBytes : (last?.sentBytes ?? 0)
  const parts = [progressOf(report)]
  if (last?.url !== first?.url) parts.unshift(`at ${last?.url}`)
  if (sentBytes > 0) parts.push(`${bytesText(sentBytes)} sent in ${millisecondsText(durationMs)}`)
  if (savedBytes > 0) parts.push(`${bytesText(savedBytes)} not sent`)
  const told = report.outcome === 'replayed' ? 2 : 1
  if (attempts.length > told && !isResumed) parts.push(`${attempts.length} attempts`)
  if (context.resumable) parts.push('the same command resumes it')
  const found = answered(status, statusText, parts, context)
  return offersNtlmOnly(status, headers) ? withFault(found, authenticationUnsupported) : found
}

/** Whether the server offers only schemes that sign in a connection, which takes several requests on it. */
function offersNtlmOnly(status: number, headers: Headers): boolean {
  const name = { 401: 'www-authenticate', 407: 'proxy-authenticate' }[status]
  const challenges = (name && headers.get(name)?.split(',')) || []
  const isOne = (challenge: string): boolean => /^(ntlm|negotiate)( |$)/i.test(challenge.trim())
  return challenges.length > 0 && challenges.every(isOne)
}

function withFault(found: Outcome, fault: NonNullable<Outcome['fault']>): Outcome {
  return { ...found, parts: [...found.parts, fault.message], fault }
}

/** Reasons of the requests to the upload resource, which is not where the file is uploaded to. */
const ofResumption: readonly AttemptReason[] = ['locate', 'resume', 'cancel']

export function askedOutcome(
  { answer, status, error, ms, place }: Answer,
  { from, wait }: { from: string; wait: number },
  context: StatusContext,
): Outcome {
  const where = place === from ? [] : [`at ${place}`]
  if (answer === 'broken') return outcome('refused', `the server ${error}`, where)
  if (answer === 'silent') {
    const waited = `no go-ahead within ${millisecondsText(wait)}`
    return outcome('accepted', 'would be sent', [...where, waited])
  }
  if (answer === 'continue') {
    const after = ms === null ? 'empty' : `go-ahead after ${millisecondsText(ms)}`
    return outcome('accepted', 'would be sent', [...where, after])
  }
  if (status === 417) return outcome('accepted', 'would be sent without asking (417)', where)
  const after = `answered after ${millisecondsText(ms ?? 0)}`
  return answered(status ?? 0, '', [...where, after], context)
}

function answered(
  status: number,
  text: string,
  details: readonly string[],
  { skipExisting, chunked }: StatusContext,
): Outcome {
  // HTTP/2 has no reason phrase.
  const answer = `${status} ${text || (STATUS_CODES[status] ?? '')}`.trim()
  if (status >= 200 && status < 300) return outcome('accepted', answer, details)
  if (status === 412 && skipExisting) return outcome('skipped', 'skipped', ['it is there already'])
  const refused = outcome('refused', answer, details)
  const needsLength = chunked && (status === 411 || status === 501)
  return needsLength ? withFault(refused, lengthRequired) : refused
}

function outcome(kind: Outcome['kind'], answer: string, details: readonly string[]): Outcome {
  return { kind, parts: [answer, ...details], fault: null }
}

/** Why the client did not ask the server, if no option of the command is the reason. */
const notAsked: Partial<Record<AskReason, string>> = {
  'below-threshold': 'not asked (small)',
  'no-content': 'not asked (empty)',
  'remembered-417': 'not asked (answered 417 before)',
  'remembered-silent': 'not asked (silent before)',
}

function progressOf({ outcome, reason, savedBytes, waitedMs, attempts }: UploadReport): string {
  const waited = millisecondsText(waitedMs)
  switch (outcome) {
    case 'continued':
      return `go-ahead after ${waited}`
    case 'silent':
      return `no go-ahead within ${waited}`
    case 'refused':
      return savedBytes > 0 ? 'refused' : 'refused before the body'
    case 'answered':
      return 'answered before the body'
    case 'replayed':
      return 'retried without Expect (417)'
    case 'resumed':
      return resumptions(attempts)
    case 'not-asked':
      return notAsked[reason] ?? 'not asked'
  }
}

function resumptions(attempts: UploadReport['attempts']): string {
  const all = attempts.filter(({ reason }) => reason === 'resume')
  const at = `at ${bytesText(all.at(-1)?.offset ?? 0)}`
  return all.length > 1 ? `resumed ${all.length} times, last ${at}` : `resumed ${at}`
}
