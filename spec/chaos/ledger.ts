import type { Message, Received } from './plays.ts'
import type { UploadResult } from './upload-result.ts'

export type Breach =
  | 'lost'
  | 'doubled'
  | 'truncated'
  | 'foreign'
  | 'misreported'
  | 'hung'
  | 'leaked'

/** A violation of a promise. */
export interface Finding {
  readonly breach: Breach
  /** The upload, if the finding is about one. */
  readonly upload: string | null
  readonly text: string
}

/** Compares what callers were told with what the origin received. */
export function judge(results: readonly UploadResult[], received: Received): Finding[] {
  const byUpload = new Map<string, Message[]>()
  for (const message of received.messages) {
    const before = byUpload.get(message.upload)
    if (before === undefined) byUpload.set(message.upload, [message])
    else before.push(message)
  }
  const known = new Set(results.map(({ plan }) => plan.name))
  const foreign = received.messages.filter(({ upload }) => !known.has(upload))
  return [
    ...received.faults.map((fault) =>
      found('foreign', null, `the origin's parser failed with ${fault}`),
    ),
    ...foreign.map(({ upload }) => found('foreign', null, `the origin received ${upload}`)),
    ...results.flatMap((result) => judgeOne(result, byUpload.get(result.plan.name) ?? [])),
  ]
}

function judgeOne(result: UploadResult, messages: readonly Message[]): Finding[] {
  const { plan, hung, leftOpen, status, error } = result
  const contents = messages
    .filter(({ method }) => method === plan.method)
    .sort((one, other) => one.attempt - other.attempt)
  const complete = contents.filter((message) => isComplete(message, result))
  const findings: [Breach, string | null][] = [
    ['hung', hung ? 'it did not settle' : null],
    ['leaked', leftOpen ? 'its source was not cancelled' : null],
    ['truncated', broken(result, contents, complete)],
    ['lost', isSuccess(result) && complete.length === 0 ? 'the origin does not have it' : null],
    [
      'doubled',
      doubled(
        result,
        contents.filter(({ refused }) => !refused),
      ),
    ],
    ['misreported', misreported(result)],
  ]
  const details = `status ${status}, error ${error}, ${plan.transport}, ${plan.way}, ${plan.kind}, ${plan.plays.join(' ')}`
  return findings.flatMap(([breach, text]) =>
    text === null ? [] : [found(breach, plan.name, `${text} (${details}) ${result.message}`)],
  )
}

/** Only a source without a flaw may make a complete message, with exactly its bytes. */
function broken(
  { flaw, content }: UploadResult,
  contents: readonly Message[],
  complete: readonly Message[],
): string | null {
  if (flaw !== null && contents.length > 0) return `a source that ${flaw} made a complete message`
  if (complete.length === contents.length) return null
  const lengths = contents.map((message) => message.bytes)
  return `of ${content.bytes} bytes, ${lengths} arrived as complete messages`
}

function isComplete({ bytes, sha256 }: Message, { content }: UploadResult): boolean {
  return bytes === content.bytes && sha256 === content.sha256
}

/** Whether the response promises that the origin has all content. */
function isSuccess({ plan, status, answer, report }: UploadResult): boolean {
  if (status === null || status >= 300 || report?.outcome === 'answered') return false
  // An origin that answers before the content may close before it has read it.
  return answer === `${plan.method} taken`
}

/** A second message is allowed after a status that permits it, or where a retry was requested. */
function doubled({ plan, report }: UploadResult, contents: readonly Message[]): string | null {
  const { retry = 0 } = plan.options
  const repeatable = retry !== 0 && (plan.method === 'PUT' || plan.keyed)
  const unwarranted = contents
    .slice(0, -1)
    .filter(({ status }) => !(repeatable || (status >= 300 && status !== 503)))
  if (unwarranted.length > 0)
    return `it arrived again after ${unwarranted.map((each) => each.status)}`
  if (report === null) return null
  const again = report.attempts.filter(({ reason }) => reason !== 'fresh-connection')
  if (contents.length <= again.length) return null
  return `it arrived ${contents.length} times, but only ${again.length} attempts permit it`
}

function misreported({ answer, report, content }: UploadResult): string | null {
  if (report === null) return null
  const sent = answer?.endsWith(' taken') === true && report.outcome === 'answered'
  if (sent) return `all of it (${content.bytes} bytes) was accepted, but the report says answered`
  return null
}

function found(breach: Breach, upload: string | null, text: string): Finding {
  return { breach, upload, text }
}
