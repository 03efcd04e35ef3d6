import type { ConnectionOptions } from 'node:tls'
import type { ExpectAgent } from '../../index.ts'
import { messageOf } from '../message.ts'
import type { Question } from './asking.ts'
import { behavioursOf } from './behaviour.ts'
import { consequenceOf } from './consequence.ts'
import { listen } from './listening.ts'
import { remarksOn } from './remarks.ts'
import type { ProbeReport, ProtocolReport, SentReport } from './report.ts'
import { askRounds } from './rounds.ts'
import { send } from './sending.ts'

/** How an origin is probed. */
export interface ProbeOptions {
  readonly rounds: number
  /** Makes an agent, for HTTP/1.1 alone or for HTTP/2 where the origin chooses it. */
  readonly agentFor: (http2: boolean) => ExpectAgent
  /** Whether HTTP/2 may be spoken. */
  readonly http2: boolean
  /** What connections of the probe's own are made with; `null` where there are to be none. */
  readonly tls: ConnectionOptions | null
  /** Whether the content is sent in the end. */
  readonly send: boolean
  readonly signal: AbortSignal
  /** Told of the protocols as they were probed. */
  readonly onProtocol: (report: ProtocolReport) => void
}

/**
 * Finds out what an origin does with an expectation.
 *
 * @throws what kept it from being asked at all.
 */
export async function runProbe(question: Question, options: ProbeOptions): Promise<ProbeReport> {
  const { http2, tls, signal, onProtocol } = options
  const { url, method, size, wait } = question
  const first = await probeOver(question, options, http2)
  onProtocol(first)
  const protocols = [first]
  if (first.protocol === 'HTTP/2') {
    const second = await probeOver(question, options, false).catch((error) => {
      signal.throwIfAborted()
      return unspoken(error)
    })
    onProtocol(second)
    protocols.push(second)
  }
  return {
    url: url.origin + url.pathname,
    method,
    size,
    waitMs: wait,
    protocols,
    remarks: tls === null ? null : remarksOn(await listen(question, tls, signal)),
    sent: options.send ? await sendOver(question, options) : null,
  }
}

async function probeOver(
  question: Question,
  { agentFor, rounds, signal }: ProbeOptions,
  http2: boolean,
): Promise<ProtocolReport> {
  const agent = agentFor(http2)
  try {
    const { protocol, answers } = await askRounds(question, rounds, agent, signal)
    const behaviours = behavioursOf(answers).map((behaviour) => {
      return { ...behaviour, client: consequenceOf(behaviour) }
    })
    return { protocol, behaviours, error: null }
  } finally {
    await agent.destroy()
  }
}

/** Some origins speak HTTP/2 alone. */
function unspoken(error: unknown): ProtocolReport {
  return { protocol: 'HTTP/1.1', behaviours: [], error: messageOf(error) }
}

async function sendOver(
  question: Question,
  { agentFor, http2, signal }: ProbeOptions,
): Promise<SentReport> {
  const agent = agentFor(http2)
  try {
    return await send(question, agent, signal)
  } finally {
    await agent.destroy()
  }
}
