import { createServer, type RequestListener } from 'node:http'
import { expect } from 'chai'
import type { ProbeReport } from '../../lib/cli/probe/probing.ts'
import { listening } from './listening.ts'
import { run } from './terminal.ts'

// Only where nobody answers may the wait run out, and whoever listens waits for it.
/** How to probe what answers. */
export const patient: readonly string[] = ['--no-listen', '--continue-timeout', '60000']
/** How to probe what does not. */
export const hasty: readonly string[] = ['--no-listen', '--continue-timeout', '50']

/** Probes an origin, and answers the report. */
export async function probed(url: string, how: readonly string[]): Promise<ProbeReport> {
  const { status, out } = await run(['probe', `${url}/a`, '--json', ...how])
  expect(status).to.equal(0)
  return JSON.parse(out)
}

/**
 * What comes first over each protocol, which is the same each time: `continue`, `silent`,
 * `broken`, or the status of a final response.
 */
export function firstsOf({ protocols }: ProbeReport): [string, unknown][] {
  return protocols.map(({ protocol, behaviours, error }) => {
    if (error !== null) return [protocol, 'not spoken']
    expect(behaviours).to.have.lengthOf(1)
    const [{ answer, status } = {}] = behaviours
    return [protocol, status ?? answer]
  })
}

/** A server of Node's own, with a listener for requests that ask or without; answers its URL. */
export async function nodeServer(asked?: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end())
  })
  if (asked !== undefined) server.on('checkContinue', asked)
  const port = await listening(server)
  return `http://127.0.0.1:${port}`
}
