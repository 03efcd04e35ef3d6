import type { AttemptReport, UploadReport } from '../report.ts'
import { bytesText, timeText } from './wording.ts'

export type MarkKind =
  | 'delay'
  | 'head'
  | 'wait'
  | 'interim'
  | 'content'
  | 'final'
  | 'refusal'
  | 'unsent'
  | 'broken'

/** An event or a phase of an attempt; times are milliseconds from the upload's beginning. */
export interface Mark {
  readonly kind: MarkKind
  readonly label: string
  readonly fromMs: number
  /** Equals `fromMs` for an event. */
  readonly toMs: number
}

/** One attempt, with its marks by the time they begin. */
export interface Lane {
  readonly title: string
  readonly url: string
  readonly marks: readonly Mark[]
}

/** The text and the marks of a timeline, before it is drawn. */
export interface Layout {
  readonly headline: string
  /** The time waited and the bytes sent and saved. */
  readonly facts: readonly string[]
  /** The length of the timeline in milliseconds; more than 0. */
  readonly spanMs: number
  readonly lanes: readonly Lane[]
}

export function layoutOf(report: UploadReport): Layout {
  const lanes = report.attempts.map((attempt, at) => laneOf(report, attempt, at))
  const ends = lanes.flatMap(({ marks }) => marks.map(({ toMs }) => toMs))
  const status = report.attempts.at(-1)?.status ?? 'no response'
  const headline = `${report.outcome}: ${status}`
  return { headline, facts: factsOf(report), spanMs: Math.max(0.1, ...ends), lanes }
}

function factsOf({ waitedMs, sentBytes, savedBytes }: UploadReport): string[] {
  const facts = [`${bytesText(sentBytes)} sent`]
  if (waitedMs > 0) facts.unshift(`waited ${timeText(waitedMs)}`)
  if (savedBytes > 0) facts.push(`${bytesText(savedBytes)} not sent`)
  return facts
}

function laneOf({ attempts, savedBytes }: UploadReport, attempt: AttemptReport, at: number): Lane {
  const { reason, method, url, startedAtMs } = attempt
  const endMs = endOf(attempt, attempts[at + 1])
  const marks = marksOf(attempt, endMs)
  if (savedBytes > 0 && at === attempts.length - 1) {
    const label = `${bytesText(savedBytes)} not sent`
    marks.push({ kind: 'unsent', label, fromMs: startedAtMs, toMs: endMs })
  }
  return { title: `#${at + 1} ${method}${reason === 'first' ? '' : ` (${reason})`}`, url, marks }
}

/** When an attempt ended: with its response, or when the next attempt replaced it. */
function endOf(attempt: AttemptReport, next: AttemptReport | undefined): number {
  const { startedAtMs } = attempt
  const { headAtMs, contentAtMs, contentEndAtMs, statusAtMs, interim } = attempt
  const times = [headAtMs, contentAtMs, contentEndAtMs, statusAtMs].map((time) => time ?? 0)
  const known = startedAtMs + Math.max(...times, ...interim.map(({ atMs }) => atMs))
  if (statusAtMs !== null || next === undefined) return known
  return Math.max(known, next.startedAtMs - next.delayMs)
}

function marksOf(attempt: AttemptReport, endMs: number): Mark[] {
  const { asked, startedAtMs, delayMs, headAtMs, contentAtMs, contentEndAtMs } = attempt
  const { interim, status, statusAtMs, sentBytes } = attempt
  const marks: Mark[] = []
  const add = (kind: MarkKind, label: string, fromMs: number, toMs = fromMs): void => {
    marks.push({ kind, label, fromMs, toMs })
  }
  if (delayMs > 0) {
    add('delay', `delay ${timeText(delayMs)}`, Math.max(0, startedAtMs - delayMs), startedAtMs)
  }
  if (headAtMs !== null) {
    const headMs = startedAtMs + headAtMs
    add('head', asked ? 'head, expect: 100-continue' : 'head', headMs)
    if (asked) {
      const decided = contentAtMs ?? statusAtMs
      const waitEndMs = decided === null ? endMs : startedAtMs + decided
      const took = timeText(Math.max(0, waitEndMs - headMs))
      add('wait', `body waits ${took}`, headMs, Math.max(headMs, waitEndMs))
    }
  }
  for (const { status, atMs } of interim) add('interim', String(status), startedAtMs + atMs)
  if (contentAtMs !== null && sentBytes > 0) {
    const contentEndMs = contentEndAtMs === null ? endMs : startedAtMs + contentEndAtMs
    add('content', `body ${bytesText(sentBytes)}`, startedAtMs + contentAtMs, contentEndMs)
  }
  if (status === null || statusAtMs === null) add('broken', 'no response', endMs)
  else add(status < 300 ? 'final' : 'refusal', String(status), startedAtMs + statusAtMs)
  // The sort is stable: marks that begin at the same time stay in this order.
  return marks.sort((one, other) => one.fromMs - other.fromMs)
}
