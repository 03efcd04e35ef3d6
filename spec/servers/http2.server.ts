import { existsSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import { upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import type { UploadReport } from '../../lib/report/report.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { type Http2Server, nghttpdServer, nginxServer } from './support/http2-servers.ts'

const content = noise(2_000_000)
/** Bytes of heads and frames without content, including TLS. */
const heads = 20_000

const oneShot = (bytes: Buffer): Readable =>
  Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)])

const kinds: Readonly<Record<string, (bytes: Buffer) => ContentInput>> = {
  'one-shot': oneShot,
  replayable: (bytes) => bytes,
}

interface Came {
  readonly status: number
  readonly text: string
  readonly report: UploadReport
}

/** Uploads to each path with one agent. */
async function send(
  { url }: Http2Server,
  paths: readonly string[],
  make: (bytes: Buffer) => ContentInput,
  options: ExpectAgentOptions,
): Promise<Came[]> {
  const { cert } = await identity()
  const dispatcher = agentFor({ connect: { ca: cert }, ...options })
  const results = []
  for (const path of paths) {
    const { response, report } = await upload(`${url}${path}`, make(content), { dispatcher })
    results.push({ status: response.status, text: await response.text(), report })
  }
  await dispatcher.close()
  return results
}

const outcomes = (results: readonly Came[]): unknown[] =>
  results.map(({ status, report }) => [status, report.outcome])

const versions = ({ report }: Came): unknown[] =>
  report.attempts.map(({ httpVersion, sentBytes }) => [httpVersion, sentBytes])

describe('HTTP/2 with allowH2', () => {
  // No upload waits this long: over HTTP/2, the ack of a PING ends the wait.
  const allowed = { expect: 'always', allowH2: true, continueTimeout: 600_000 } as const

  it('to nginx, which sends no 100: content is sent after the wait, on one connection', async () => {
    const server = await nginxServer()
    const results = await send(server, ['/one', '/two'], oneShot, allowed)
    expect(outcomes(results)).to.deep.equal([
      [201, 'silent'],
      [201, 'silent'],
    ])
    expect(sha256(readFileSync(server.place.at('files/two')))).to.equal(sha256(content))
    expect(server.wire.connections).to.have.length(1)
  })

  it('to nginx: refusals and a 417 keep the connection, and no content is sent', async () => {
    const server = await nginxServer()
    const refused = await send(
      server,
      ['/small', '/private', '/small', '/private'],
      (bytes) => bytes,
      allowed,
    )
    expect(refused.map(({ status, report }) => [status, report.sentBytes])).to.deep.equal([
      [413, 0],
      [401, 0],
      [413, 0],
      [401, 0],
    ])
    const untouched = await send(server, ['/private', '/private'], oneShot, allowed)
    expect(outcomes(untouched)).to.deep.equal([
      [401, 'refused'],
      [401, 'refused'],
    ])
    expect(server.wire.connections).to.have.length(2)
    for (const { bytes } of server.wire.connections) expect(bytes).to.be.below(heads)
    const [picky] = await send(server, ['/picky'], oneShot, allowed)
    expect(picky).to.include({ status: 201 })
    expect(picky?.report).to.include({ outcome: 'replayed', sentBytes: content.length })
    expect(server.wire.connections).to.have.length(3)
  })

  it('to nghttpd, which sends a 100: content is sent at once, on one connection', async () => {
    const server = await nghttpdServer()
    const results = await send(server, ['/one', '/two'], oneShot, allowed)
    expect(outcomes(results)).to.deep.equal([
      [200, 'continued'],
      [200, 'continued'],
    ])
    expect(server.wire.connections).to.have.length(1)
  })

  for (const [kind, make] of Object.entries(kinds)) {
    for (const round of [1, 2]) {
      it(`to nginx, which closes connections and is reloaded: all uploads arrive, ${kind}, ${round}`, async () => {
        const server = await nginxServer('keepalive_requests 20;')
        const { cert } = await identity()
        const dispatcher = agentFor({ connect: { ca: cert }, ...allowed })
        const bytes = noise(300_000, round)
        const left = Array.from({ length: 60 }, (_, index) => `file-${index}`)
        const reports: UploadReport[] = []
        const work = async (): Promise<void> => {
          for (let name = left.pop(); name !== undefined; name = left.pop()) {
            const { response, report } = await upload(`${server.url}/${name}`, make(bytes), {
              dispatcher,
            })
            expect(response.status).to.equal(201)
            if (reports.push(report) === 30) server.reload()
          }
        }
        await Promise.all(Array.from({ length: 8 }, work))
        const sum = sha256(bytes)
        for (let index = 0; index < 60; index++) {
          const file = server.place.at(`files/file-${index}`)
          expect(existsSync(file) && sha256(readFileSync(file)), file).to.equal(sum)
        }
        expect(server.wire.connections.length).to.be.at.least(4)
        for (const { sentBytes } of reports) expect(sentBytes).to.equal(bytes.length)
      })
    }
  }
})

describe('HTTP/2 by default', () => {
  for (const [kind, make] of Object.entries(kinds)) {
    it(`is not used for large content to nginx, which supports both versions: ${kind}`, async () => {
      const server = await nginxServer()
      const results = await send(server, ['/one', '/two'], make, {})
      expect(outcomes(results)).to.deep.equal([
        [201, 'continued'],
        [201, 'continued'],
      ])
      expect(results.map(versions)).to.deep.equal([
        [['1.1', content.length]],
        [['1.1', content.length]],
      ])
      expect(server.wire.connections).to.have.length(1)
    })

    // It accepts the handshake without a protocol, and then closes the connection.
    it(`is detected for nghttpd, which supports nothing else, and remembered: ${kind}`, async () => {
      const server = await nghttpdServer()
      const results = await send(server, ['/one', '/two', '/three'], make, {})
      for (const { status, report } of results) {
        expect([status, report.outcome, report.sentBytes]).to.deep.equal([
          200,
          'continued',
          content.length,
        ])
      }
      const [first, ...later] = results.map(versions)
      expect(first?.at(-1)).to.deep.equal(['2.0', content.length])
      expect(first).to.have.length(2)
      expect(later).to.deep.equal([[['2.0', content.length]], [['2.0', content.length]]])
      expect(server.wire.connections).to.have.length(2)
    })
  }

  it('is detected for nghttpd by concurrent one-shot uploads', async () => {
    const server = await nghttpdServer()
    const { cert } = await identity()
    const dispatcher = agentFor({ connect: { ca: cert } })
    const sent = Array.from({ length: 20 }, async (_, index) => {
      const url = `${server.url}/${index}`
      const { response, report } = await upload(url, oneShot(content), { dispatcher })
      await response.arrayBuffer()
      return [response.status, report.outcome, report.sentBytes]
    })
    const right = [200, 'continued', content.length]
    expect(await Promise.all(sent)).to.deep.equal(sent.map(() => right))
  })
})
