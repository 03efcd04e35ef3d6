import { createServer, type RequestListener } from 'node:http'
import { expect } from 'chai'
import type { ProbeReport } from '../../lib/cli/probe/probing.ts'
import { listening } from './listening.ts'
import { run } from './terminal.ts'

// The wait may only run out with a silent origin. With --listen, the command would always wait for it.
/** Options for an origin that answers. */
export const patient: readonly string[] = ['--no-listen', '--continue-timeout', '60000']
/** Options for an origin that does not answer. */
export const hasty: readonly string[] = ['--no-listen', '--continue-timeout', '50']

export async function probed(url: string, how: readonly string[]): Promise<ProbeReport> {
  const { status, out } = await run(['probe', `${url}/a`, '--json', ...how])
  expect(status).to.equal(0)
  return JSON.parse(out)
}

/**
 * What each protocol answers first, the same in each round: `continue`, `silent`, `broken`, or the status of a final
 * response.
 */
export function firstsOf({ protocols }: ProbeReport): [string, unknown][] {
  return protocols.map(({ protocol, behaviours, error }) => {
    if (error !== null) return [protocol, 'not spoken']
    expect(behaviours).to.have.lengthOf(1)
    const [{ answer, status } = {}] = behaviours
    return [protocol, status ?? answer]
  })
}

/** A server of node:http, with or without a checkContinue listener. Resolves with its URL. */
export async function nodeServer(asked?: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end())
  })
  if (asked !== undefined) server.on('checkContinue', asked)
  const port = await listening(server)
  return `http://127.0.0.1:${port}`
}
