import type { ConnectionOptions } from 'node:tls'
import type { ExpectAgent } from '../../index.ts'
import { messageOf } from '../message.ts'
import type { Question } from './asking.ts'
import { behavioursOf } from './behaviour.ts'
import { consequenceOf } from './consequence.ts'
import { listen } from './listening.ts'
import { remarksOn } from './remarks.ts'
import type { ProbeReport, ProtocolReport } from './report.ts'
import { askRounds } from './rounds.ts'
import { send } from './sending.ts'

/** How an origin is probed. */
export interface ProbeOptions {
  readonly rounds: number
  /** What reaches the origin over the protocol of its choice. */
  readonly agent: ExpectAgent
  /** What reaches it over HTTP/1.1. */
  readonly http1: ExpectAgent
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
  const { agent, http1, tls, signal, onProtocol } = options
  const { url, method, size, wait } = question
  const chosen = await probeOver(agent, question, options)
  onProtocol(chosen)
  const protocols = [chosen]
  if (chosen.protocol === 'HTTP/2') {
    const other = await probeOver(http1, question, options).catch((error: unknown) => {
      signal.throwIfAborted()
      return unspoken(error)
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
  const { protocol, answers } = await askRounds(question, rounds, agent, signal)
  const behaviours = behavioursOf(answers).map((behaviour) => {
    return { ...behaviour, client: consequenceOf(behaviour) }
  })
  return { protocol, behaviours, error: null }
}

/** Some origins speak HTTP/2 alone. */
function unspoken(error: unknown): ProtocolReport {
  return { protocol: 'HTTP/1.1', behaviours: [], error: messageOf(error) }
}
