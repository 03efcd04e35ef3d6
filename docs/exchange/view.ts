import type { AttemptReport } from '../../lib/report/report.ts'
import { bytesText, timeText } from '../../lib/report/timeline/wording.ts'
import type { ClientChoice, ContentChoice, OriginChoice, Recording } from './recording.ts'
import { wordsFor } from './words.ts'

/** A part of an attempt on the time axis. */
export interface Bar {
  readonly kind: 'pause' | 'wait' | 'body' | 'response'
  readonly fromMs: number
  readonly toMs: number
  readonly label: string
}

/** One request on one connection. */
export interface AttemptView {
  readonly title: string
  readonly asks: boolean
  /** Such as `413 Content Too Large`. */
  readonly answer: string
  readonly answerAtMs: number
  /** Accepted, refused, or refused and followed by another attempt. */
  readonly kind: 'accepted' | 'refused' | 'again'
  readonly bars: readonly Bar[]
}

/** A line that went over the wire, or a remark about one that did not. */
export interface ExchangeLine {
  readonly atMs: number
  readonly kind: 'request' | 'response' | 'body' | 'remark'
  readonly text: string
}

/** All that is shown of a recording. Times count from the call. */
export interface ExchangeView {
  readonly origin: OriginChoice
  readonly client: ClientChoice
  readonly content: ContentChoice
  readonly words: string
  readonly status: string
  readonly accepted: boolean
  readonly totalMs: number
  /** The marks of the time axis. */
  readonly ticks: readonly number[]
  readonly attempts: readonly AttemptView[]
  readonly lines: readonly ExchangeLine[]
}

/** Header fields that matter here; the others are not shown. */
const telling = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'expect',
  'authorization',
  'www-authenticate',
  'location',
  'retry-after',
  'connection',
])

export function viewOf(recording: Recording): ExchangeView {
  const { origin, client, content, report } = recording
  const attempts = report.attempts.map((attempt, at) =>
    attemptView(recording, attempt, at === report.attempts.length - 1),
  )
  const last = attempts.at(-1)
  const totalMs = last?.answerAtMs ?? 0
  return {
    origin,
    client,
    content,
    words: wordsFor(recording),
    status: last?.answer ?? '',
    accepted: last?.kind === 'accepted',
    totalMs,
    ticks: ticksOf(totalMs),
    attempts,
    lines: report.attempts.flatMap((attempt, at) => linesOf(recording, attempt, at + 1)),
  }
}

/** At most six marks, at round numbers of milliseconds. */
export function ticksOf(totalMs: number): number[] {
  const steps = [5, 10, 20, 50, 100, 200, 500, 1000, 2000]
  const step = steps.find((each) => totalMs / each <= 5) ?? 5000
  return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, at) => at * step)
}

function attemptView(recording: Recording, attempt: AttemptReport, isLast: boolean): AttemptView {
  const { method, url, asked, status, statusAtMs, startedAtMs } = attempt
  const at = recording.report.attempts.indexOf(attempt)
  const heads = headsOf(recording, at + 1)
  const accepted = status !== null && status < 300
  const unaccepted = isLast ? 'refused' : 'again'
  return {
    title: `${method} ${new URL(url).pathname}`,
    asks: asked,
    answer: (heads.at(-1)?.split('\n', 1)[0] ?? '').replace('HTTP/1.1 ', ''),
    answerAtMs: startedAtMs + (statusAtMs ?? 0),
    kind: accepted ? 'accepted' : unaccepted,
    bars: barsOf(recording, attempt),
  }
}

function barsOf({ size }: Recording, attempt: AttemptReport): Bar[] {
  const { startedAtMs, delayMs, sentBytes } = attempt
  const { head, body, bodyEnd, answer } = timesOf(attempt)
  const bars: Bar[] = []
  const add = (kind: Bar['kind'], fromMs: number, toMs: number, label: string): void => {
    if (toMs > fromMs) bars.push({ kind, fromMs, toMs, label })
  }
  if (delayMs > 0) add('pause', startedAtMs - delayMs, startedAtMs, `pauses ${timeText(delayMs)}`)
  const waitEnd = body ?? answer
  add('wait', head, waitEnd, `waits ${timeText(waitEnd - head)}`)
  if (body !== null) {
    const part =
      sentBytes < size ? `${bytesText(sentBytes)} of ${bytesText(size)}` : bytesText(size)
    add('body', body, bodyEnd, `body, ${part}`)
    add('response', bodyEnd, answer, `server answers after ${timeText(answer - bodyEnd)}`)
  }
  return bars
}

/** Times from the call; `body` is `null` when no body was sent. */
function timesOf(attempt: AttemptReport): {
  head: number
  body: number | null
  bodyEnd: number
  answer: number
} {
  const { startedAtMs, headAtMs, contentAtMs, contentEndAtMs, statusAtMs, sentBytes } = attempt
  const answer = startedAtMs + (statusAtMs ?? 0)
  const sent = contentAtMs !== null && sentBytes > 0
  return {
    head: startedAtMs + (headAtMs ?? 0),
    body: sent ? startedAtMs + contentAtMs : null,
    bodyEnd: contentEndAtMs === null ? answer : startedAtMs + contentEndAtMs,
    answer,
  }
}

/** The heads that the server sent on a connection. */
function headsOf({ wire }: Recording, connection: number): string[] {
  return wire
    .filter((line) => line.connection === connection && line.direction === '<')
    .map(({ text }) => text)
}

function linesOf(recording: Recording, attempt: AttemptReport, connection: number): ExchangeLine[] {
  const { size, report, wire } = recording
  const { startedAtMs, asked, interim, sentBytes } = attempt
  const { head, body, answer } = timesOf(attempt)
  const request = wire.find((line) => line.connection === connection)?.text ?? ''
  const heads = headsOf(recording, connection)
  const lines: ExchangeLine[] = [{ atMs: head, kind: 'request', text: shortened(request) }]
  if (asked) lines.push({ atMs: head, kind: 'remark', text: 'the body waits' })
  for (const [at, { atMs }] of interim.entries()) {
    lines.push({ atMs: startedAtMs + atMs, kind: 'response', text: shortened(heads[at] ?? '') })
  }
  if (body !== null) {
    const part = sentBytes < size ? ` of ${bytesText(size)}` : ''
    lines.push({ atMs: body, kind: 'body', text: `body: ${bytesText(sentBytes)}${part}` })
  }
  lines.push({ atMs: answer, kind: 'response', text: shortened(heads.at(-1) ?? '') })
  if (body === null && connection === report.attempts.length) {
    lines.push({ atMs: answer, kind: 'remark', text: `nothing of ${bytesText(size)} was sent` })
  }
  return lines
}

/** A head without the fields that do not matter here. */
function shortened(head: string): string {
  const [first = '', ...fields] = head.split('\n')
  const named = (field: string): string => field.slice(0, field.indexOf(':')).toLowerCase()
  return [first, ...fields.filter((field) => telling.has(named(field)))].join('\n')
}
