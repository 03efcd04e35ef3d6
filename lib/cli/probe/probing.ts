import type { ConnectionOptions } from 'node:tls'
import {
  type ExpectAgent,
  type RouteFact,
  RouteMemory,
  type UploadReport,
  upload,
} from '../../index.ts'
import { type Answer, ask, type Question } from '../asking.ts'
import { messageOf } from '../message.ts'
import { listen } from './listening.ts'
import { type Remark, remarksOn } from './remarks.ts'

export interface ProbeQuestion extends Question {
  readonly size: number
}

export interface ProbeOptions {
  readonly rounds: number
  /** An agent that lets the origin choose the protocol. */
  readonly agent: ExpectAgent
  readonly http1: ExpectAgent
  /** TLS options for the probe's raw connections; `null` for no raw connections. */
  readonly tls: ConnectionOptions | null
  readonly send: boolean
  readonly signal: AbortSignal
  readonly onProtocol: (report: ProtocolReport) => void
}

/** The result of a probe, as `--json` prints it. */
export interface ProbeReport {
  /** The origin and path, without a query, which may hold credentials. */
  readonly url: string
  readonly method: string
  /** Bytes of content that the requests declared. */
  readonly size: number
  /** Milliseconds of the wait for an answer. */
  readonly waitMs: number
  /** The results for each protocol that the origin speaks, its own choice first. */
  readonly protocols: readonly ProtocolReport[]
  /** Faults in the raw bytes; `null` if they were not checked. */
  readonly remarks: readonly Remark[] | null
  /** The response to the content, or an error; `null` if it was not sent. */
  readonly sent: SentReport | null
}

export type SentReport =
  | { readonly status: number; readonly report: UploadReport; readonly error: null }
  | { readonly status: null; readonly report: null; readonly error: string }

export interface ProtocolReport {
  readonly protocol: 'HTTP/1.1' | 'HTTP/2'
  /** The answers of the origin, most frequent first; more than one if rounds differ. */
  readonly behaviours: readonly (Behaviour & { readonly client: string })[]
  /** Why nothing could be asked, if so. */
  readonly error: string | null
}

/** Equal answers of several rounds, apart from their times. */
export interface Behaviour extends Pick<Answer, 'answer' | 'status' | 'error'> {
  readonly rounds: number
  /** Milliseconds to the answer, if there was one. */
  readonly ms: { readonly min: number; readonly median: number; readonly max: number } | null
}

export async function runProbe(
  question: ProbeQuestion,
  options: ProbeOptions,
): Promise<ProbeReport> {
  const { agent, http1, tls, signal, onProtocol } = options
  const { url, method, size, wait } = question
  const chosen = await probeOver(agent, question, options)
  onProtocol(chosen)
  const protocols = [chosen]
  if (chosen.protocol === 'HTTP/2') {
    const other = await probeOver(http1, question, options).catch((error: unknown) => {
      signal.throwIfAborted()
      // Some origins speak only HTTP/2.
      return { protocol: 'HTTP/1.1', behaviours: [], error: messageOf(error) } as const
    })
    onProtocol(other)
    protocols.push(other)
  }
  return {
    url: url.origin + url.pathname,
    method,
    size,
    waitMs: wait,
    protocols,
    remarks: tls === null ? null : remarksOn(await listen(question, tls, signal)),
    sent: options.send ? await send(question, agent, signal) : null,
  }
}

async function probeOver(
  agent: ExpectAgent,
  question: Question,
  { rounds, signal }: ProbeOptions,
): Promise<ProtocolReport> {
  const answers: Answer[] = []
  while (answers.length < rounds) answers.push(await ask(question, agent, signal))
  const protocol = answers[0]?.httpVersion === '2.0' ? 'HTTP/2' : 'HTTP/1.1'
  const behaviours = behavioursOf(answers).map((each) => ({ ...each, client: consequenceOf(each) }))
  return { protocol, behaviours, error: null }
}

export function behavioursOf(answers: readonly Answer[]): Behaviour[] {
  const behaviours = new Map<string, Behaviour>()
  for (const { answer, status, error } of answers) {
    const same = answers.filter(
      (each) => each.answer === answer && each.status === status && each.error === error,
    )
    const times = timesOf(same.flatMap(({ ms }) => ms ?? []))
    const behaviour = { answer, status, error, rounds: same.length, ms: times }
    behaviours.set(`${answer} ${status} ${error}`, behaviour)
  }
  return [...behaviours.values()].sort((one, other) => other.rounds - one.rounds)
}

/** What this client does with such an origin, as the end of a sentence. */
export function consequenceOf({ answer, status }: Behaviour): string {
  switch (answer) {
    case 'continue':
      return 'asks each time, and sends on the 100'
    case 'silent':
      return `sends after the wait, and asks no more for ${lifeOf('silent')}`
    case 'broken':
      return 'tries once more on a new connection, then fails'
    case 'final':
      return afterFinal(status ?? 0)
  }
}

function afterFinal(status: number): string {
  if (status === 417) return `sends without asking, and asks no more for ${lifeOf('417')}`
  if (status < 300) return 'sends nothing, and returns it as the response'
  if (status === 401 || status === 407) return 'sends nothing; with credentials it asks again'
  if (status === 303) return 'sends nothing, and follows with a GET'
  if ([301, 302, 307, 308].includes(status)) return 'sends nothing here, and follows the redirect'
  if (status === 413 || status === 429 || status === 503) {
    return `sends nothing, and asks about small content too for ${lifeOf('busy')}`
  }
  return 'sends nothing, and returns the response'
}

/** How long a RouteMemory keeps a fact. */
function lifeOf(fact: RouteFact): string {
  const memory = new RouteMemory()
  memory.remember('route', fact)
  const until = memory.list()[0]?.until[fact] ?? 0
  const minutes = Math.round((until - Date.now()) / 60_000)
  if (minutes === 60) return 'an hour'
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}

function timesOf(times: readonly number[]): Behaviour['ms'] {
  const sorted = times.toSorted((one, other) => one - other)
  const half = (sorted.length - 1) / 2
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (min === undefined || max === undefined) return null
  const sum = (sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)
  return { min, median: Math.round(sum * 5) / 10, max }
}

/**
 * Asks once more, and sends the content as any upload does: zeros.
 *
 * @throws the signal's reason.
 */
async function send(
  { url, size, wait, ...options }: ProbeQuestion,
  dispatcher: ExpectAgent,
  signal: AbortSignal,
): Promise<SentReport> {
  try {
    const content = { length: size, open: () => zeros(size) }
    const { response, report } = await upload(url, content, {
      ...options,
      signal,
      expect: 'always',
      continueTimeout: wait,
      memory: false,
      dispatcher,
    })
    await response.body?.cancel()
    return { status: response.status, report, error: null }
  } catch (error) {
    signal.throwIfAborted()
    return { status: null, report: null, error: messageOf(error) }
  }
}

function* zeros(size: number): Generator<Uint8Array> {
  const piece = new Uint8Array(65_536)
  for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, left)
}
