import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ExpectAgent } from '../../index.ts'
import { type Answer, ask, type Question } from './asking.ts'
import type { Protocol } from './report.ts'

/** What came of asking several times. */
export interface Rounds {
  readonly protocol: Protocol
  readonly answers: readonly Answer[]
}

// undici tells of each connection it makes, and of its socket.
const connected = 'undici:client:connected'

/**
 * Asks one time after the other, and notes which protocol the origin chose.
 *
 * @throws what kept the first question from being asked.
 */
export async function askRounds(
  question: Question,
  rounds: number,
  agent: ExpectAgent,
  signal: AbortSignal,
): Promise<Rounds> {
  const answers: Answer[] = []
  let protocol: Protocol = 'HTTP/1.1'
  const onConnected = (message: unknown): void => {
    const { socket } = message as { socket: { alpnProtocol?: string | false } }
    protocol = socket.alpnProtocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'
  }
  subscribe(connected, onConnected)
  try {
    while (answers.length < rounds) answers.push(await ask(question, agent, signal))
  } finally {
    unsubscribe(connected, onConnected)
  }
  return { protocol, answers }
}
