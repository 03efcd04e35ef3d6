import { createServer } from 'node:http'
import { expect } from 'chai'
import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import { upload } from '../../lib/client/upload.ts'
import type { UploadReport } from '../../lib/report/report.ts'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'

const count = 1000
const bytes = 'abc'

/** An origin that accepts all content and never sends a 100. It counts both. */
async function silentOrigin(): Promise<{ url: string; seen: { asks: number; contents: number } }> {
  const seen = { asks: 0, contents: 0 }
  const server = createServer(async (request, response) => {
    let content = ''
    for await (const chunk of request) content += chunk
    if (content === bytes) seen.contents += 1
    response.writeHead(201, { 'content-length': 0 }).end()
  })
  server.on('checkContinue', (request, response) => {
    seen.asks += 1
    server.emit('request', request, response)
  })
  const port = await listening(server)
  return { url: `http://127.0.0.1:${port}/upload`, seen }
}

/** Content in one piece, or as a stream. */
type Made = readonly [string, () => string | AsyncIterable<string>]

const made: readonly Made[] = [
  ['a string', () => bytes],
  ['a stream', () => stream()],
]

async function* stream(): AsyncGenerator<string> {
  yield* bytes
}

function options(more: ExpectAgentOptions): ExpectAgentOptions {
  return { threshold: 1, continueTimeout: 100, ...more }
}

describe(`${count} uploads to one silent origin`, () => {
  for (const [name, content] of made) {
    it(`wait once when they are made sequentially, each of ${name}`, async function () {
      this.timeout(60_000)
      const { url, seen } = await silentOrigin()
      const dispatcher = agentFor(options({ connections: 8 }))
      const reports: UploadReport[] = []
      for (let made = 0; made < count; made++) {
        reports.push((await upload(url, content(), { dispatcher })).report)
      }
      expect(seen).to.deep.equal({ asks: 1, contents: count })
      expect(reports.map(({ outcome }) => outcome)).to.deep.equal([
        'silent',
        ...new Array(count - 1).fill('not-asked'),
      ])
      expect(reports.slice(1).every(({ waitedMs }) => waitedMs === 0)).to.equal(true)
    })

    it(`wait concurrently when they are made at once over 8 connections, each of ${name}`, async function () {
      this.timeout(60_000)
      const { url, seen } = await silentOrigin()
      const dispatcher = agentFor(options({ connections: 8 }))
      const results = await Promise.all(
        Array.from({ length: count }, () => upload(url, content(), { dispatcher })),
      )
      const asked = results.filter(({ report }) => report.asked)
      expect(seen.contents).to.equal(count)
      expect(seen.asks).to.equal(asked.length)
      // Each of these is the first on its connection, so that none waits for another.
      expect(asked.length).to.be.within(1, 8)
      const first = asked.map(({ report }) => report.attempts[0]?.reusedConnection)
      expect(first).to.deep.equal(asked.map(() => false))
    })
  }
})
