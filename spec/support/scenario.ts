import { expect } from 'chai'
import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import { UploadError } from '../../lib/errors.ts'
import type { AskReason, UploadOutcome } from '../../lib/report/report.ts'
import { faces } from './all-faces.ts'
import { kinds, noise } from './contents.ts'
import type { Face, Outcome, Sending } from './faces.ts'
import { Halt, type HaltingKind } from './halting.ts'
import { origin } from './origin.ts'
import { type Expected, Peer, type Play, type Run } from './peer.ts'
import { through } from './through.ts'

interface Made {
  readonly sending?: Sending
}

/** A response, and the expected report. */
export interface Answered extends Made {
  readonly status: number
  readonly text: string
  readonly outcome: UploadOutcome
  /** The part of the content that the last attempt sent, from 0 to 1, or its limits. */
  readonly sent: number | readonly [least: number, most: number]
  readonly reason?: AskReason
  /** The interim responses of all attempts. */
  readonly interim?: readonly number[]
}

/** This error, or any error with one of these codes or, without a code, names. */
export interface Failed extends Made {
  readonly error: Error | readonly string[]
}

/** What an origin does and what its client gets, for every kind of content and every face. */
export interface Scenario {
  /** The title. */
  readonly name: string
  /** What the origin does on each connection, in order. */
  readonly origin: readonly Play[]
  /** The result of each upload; each is made after the response to the one before. */
  readonly results: readonly (Answered | Failed)[]
  readonly kinds?: readonly HaltingKind[]
  /** Restricts the scenario to replayable content, or to one-shot content. */
  readonly replayable?: boolean
  /** All faces by default. */
  readonly faces?: readonly Face[]
  /** The content of the first upload; by default, each upload has its own. */
  readonly bytes?: Buffer
  readonly agent?: ExpectAgentOptions
}

/** An upload that the origin accepted after a 100. */
export const stored: Answered = { status: 201, text: 'stored', outcome: 'continued', sent: 1 }

/** An upload that the origin accepted without a 100. */
export const silent: Answered = { ...stored, outcome: 'silent' }

/** An upload that was sent again after a 417. */
export const replayed: Answered = { ...stored, outcome: 'replayed' }

/** An upload without an expectation. */
export const unasked: Answered = { ...stored, outcome: 'not-asked' }

/** An upload that a final response stopped before its content. */
export function refused(status: number, text: string): Answered {
  return { status, text, outcome: status < 300 ? 'answered' : 'refused', sent: 0 }
}

/** Short, but long enough for an origin that sends something. */
export const shortWait: ExpectAgentOptions = { continueTimeout: 100 }

/** For origins that send nothing. */
export const silentWait: ExpectAgentOptions = { continueTimeout: 10 }

/** The codes of undici for a connection that the other side closed or reset. */
export const connectionLost: Failed = { error: ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'] }

const contentSize = 4096

const agent: ExpectAgentOptions = {
  // Content is small, and a response must arrive long before the wait ends.
  threshold: 1,
  continueTimeout: 8000,
  // Each scenario uses one connection unless the package needs another one.
  connections: 1,
}

/** Makes a spec of each scenario, kind of content and face. */
export function play(scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) {
    for (const kind of scenario.kinds ?? kinds) {
      for (const face of scenario.faces ?? faces) {
        const replayable = kind.replayable && face.replays
        if ((scenario.replayable ?? replayable) !== replayable) continue
        it(`${scenario.name} (${kind.name}, ${face.name})`, () => perform(scenario, kind, face))
      }
    }
  }
}

async function perform(scenario: Scenario, kind: HaltingKind, face: Face): Promise<void> {
  const run: Run = { uploads: expectedOf(scenario, kind), halt: new Halt() }
  const peer = await origin(...scenario.origin.map(scripted(run)))
  const send = face.open({ ...agent, ...scenario.agent })
  // An error in a script explains the failure of the upload, so it is reported first.
  const broken = peer.done.then(() => new Promise<never>(() => {}))
  try {
    for (const [number, wanted] of scenario.results.entries()) {
      const { bytes, length } = run.uploads[number] as Expected
      const headers = { ...kind.headers(bytes), ...wanted.sending?.headers }
      const sending = { redirect: 'manual' as const, ...wanted.sending, headers }
      const url = `${peer.url}/${number}`
      const upload = settled(send(url, kind.make(bytes, run.halt), sending), face)
      const result = await Promise.race([upload, broken])
      // Refused content must not be sent when the source continues.
      run.halt.resume()
      if ('error' in wanted) checkError(result, wanted)
      else checkAnswer(result, wanted, length, bytes.length)
    }
  } finally {
    run.halt.resume()
  }
  // Through a proxy, a connection may arrive after the client has closed it.
  if (through === null) expect(peer.connections, 'connections').to.equal(scenario.origin.length)
  await peer.done
  expect(peer.connections, 'connections in the end').to.equal(scenario.origin.length)
}

function scripted(run: Run): (part: Play) => (wire: Peer['wire']) => Promise<void> {
  return (part) => (wire) => part(new Peer(wire, run))
}

function expectedOf({ results, bytes }: Scenario, kind: HaltingKind): Expected[] {
  return results.map(({ sending }, number) => {
    const own = (number === 0 ? bytes : undefined) ?? noise(contentSize, number + 1)
    const declared = kind.headers(own)['content-length'] ?? String(own.length)
    const length = kind.known ? Number(declared) : null
    return { method: sending?.method ?? 'PUT', bytes: own, length }
  })
}

/** The outcome, or the error without the TypeError of fetch. */
async function settled(sent: Promise<Outcome>, face: Face): Promise<Outcome | Error> {
  try {
    return await sent
  } catch (error) {
    if (!face.wraps) return error as Error
    expect(error).to.be.instanceOf(TypeError).with.property('message', 'fetch failed')
    return (error as Error).cause as Error
  }
}

function checkError(result: Outcome | Error, { error }: Failed): void {
  if (!(result instanceof Error)) throw new Error(`There was a response, ${result.status}`)
  if (error instanceof Error) {
    expect(result).to.equal(error)
    return
  }
  const { code = result.name } = result as NodeJS.ErrnoException
  expect(error, result.stack).to.include(code)
  if (code?.startsWith('ERR_EXPECT')) expect(result).to.be.instanceOf(UploadError)
}

function checkAnswer(
  result: Outcome | Error,
  { status, text, outcome, sent, reason, interim }: Answered,
  declared: number | null,
  size: number,
): void {
  if (result instanceof Error) throw result
  expect(result).to.include({ status, text })
  const { report } = result
  if (report === undefined) return
  expect(report.outcome).to.equal(outcome)
  const [least, max] = typeof sent === 'number' ? [sent, sent] : sent
  expect(report.sentBytes, 'sentBytes').to.be.within(least * size, max * size)
  const early = outcome === 'refused' || outcome === 'answered'
  const saved = early && declared !== null ? declared - report.sentBytes : 0
  expect(report.savedBytes, 'savedBytes').to.equal(saved)
  if (reason !== undefined) expect(report.reason).to.equal(reason)
  if (interim === undefined) return
  const statuses = report.attempts.flatMap((attempt) => attempt.interim.map(({ status }) => status))
  expect(statuses, 'interim responses').to.deep.equal(interim)
}
