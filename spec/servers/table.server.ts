import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import type { ExpectAgent } from '../../lib/client/agent.ts'
import { upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { pageOf } from './support/page.ts'
import { realServers } from './support/real/all.ts'
import {
  allCases,
  type Case,
  type Length,
  places,
  type RealServer,
  type Running,
} from './support/real/server.ts'
import { contentOn, type Ending, type Row } from './support/row.ts'
import { isInstalled } from './support/servers.ts'
import { type Tap, tap } from './support/tap.ts'

/** More than the socket buffers between client and server hold. */
const content = noise(8_388_608)
const sum = sha256(content)
const contents: Record<Length, () => ContentInput> = {
  known: () => content,
  unknown: () => Readable.from(chunksOf(content, 64)),
}

/** The allowed final statuses; a redirect is followed where the content can still be sent. */
const expected: Readonly<Record<Case, readonly number[]>> = {
  accept: [201],
  'too large': [413],
  'no credentials': [401],
  'no such place': [404, 405],
  moved: [201, 307],
  '417': [201],
}

async function send(dispatcher: ExpectAgent, url: string, body: ContentInput): Promise<Ending> {
  const headers = { 'content-type': 'application/octet-stream' }
  try {
    const { response, report } = await upload(url, body, { headers, dispatcher })
    await response.arrayBuffer()
    return { status: response.status, report, error: null }
  } catch (error) {
    return { status: null, report: null, error: (error as NodeJS.ErrnoException).code ?? 'unknown' }
  }
}

async function play(
  server: RealServer,
  running: Running,
  between: Tap,
  which: Case,
  length: Length,
): Promise<Row> {
  // Long enough for a server that has to warm up first.
  const continueTimeout = 3000
  const connect = server.tls === true ? { ca: (await identity()).cert } : {}
  const agent = agentFor({ continueTimeout, connect })
  const origin = `${server.tls === true ? 'https' : 'http'}://127.0.0.1:${between.port}`
  const first = await send(agent, `${origin}${places[which]}/first`, contents[length]())
  const count = between.connections.length
  const stored = running.stored('first')
  // A pool reuses a connection one turn after its response is over.
  await setImmediate()
  const second = await send(agent, `${origin}/files/second`, content)
  return {
    server: server.name,
    case: which,
    length,
    first,
    second,
    stored,
    storedThen: running.stored('second'),
    size: content.length,
    connections: between.connections.slice(0, count),
  }
}

/** The checks for every row. */
function check(server: RealServer, row: Row): void {
  const { case: which, first, second, stored, storedThen, connections } = row
  expect(first.error).to.equal(null)
  const { instead } = server
  const right = which === 'accept' || instead === undefined ? [] : [instead]
  expect(first.status).to.be.oneOf([...expected[which], ...right])
  // Complete and exactly once where the caller was told so, and nowhere else.
  const accepted = first.status === 201
  expect(stored).to.deep.equal(accepted ? [sum] : [])
  if (accepted) expect(first.report?.sentBytes).to.be.at.least(content.length)
  // Nothing follows a refusal before the content.
  for (const each of connections) {
    const [request, ...more] = each.requests
    if (each.contentAtFinal > 0 || each.invited) continue
    if (request?.asked !== true || each.status === null || each.status < 300) continue
    expect([request.content.length, ...more]).to.deep.equal([0])
  }
  if (first.report?.outcome === 'refused') expect(connections.map(contentOn)).to.deep.equal([0])
  // Incomplete content is never a complete message.
  if (!accepted) {
    const complete = connections.flatMap(({ requests }) => requests.filter((each) => each.complete))
    for (const { content: sent } of complete) expect(sha256(sent)).to.equal(sum)
  }
  expect(second.error).to.equal(null)
  expect(second.status).to.equal(201)
  expect(storedThen).to.deep.equal([sum])
}

describe('real servers', () => {
  const rows: Row[] = []
  const missing: string[] = []

  after(() => {
    const used = realServers.flatMap(({ needs }) => needs.filter(isInstalled))
    const page = pageOf(rows, used, missing)
    process.stdout.write(`\n${page}`)
    const file = process.env.SERVERS_TABLE
    if (file === undefined) return
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, page)
  })

  for (const server of realServers) {
    describe(server.name, () => {
      before(function () {
        if (server.needs.every(isInstalled)) return
        missing.push(server.name)
        // Where a package cannot be installed, the table says so, and the other rows are made.
        this.skip()
      })

      for (const which of server.cases ?? allCases) {
        for (const length of server.lengths ?? (['known', 'unknown'] as const)) {
          it(`${which}, ${length} length: arrives once or not at all, and no content is sent in vain`, async () => {
            const running = await server.start()
            const row = await play(server, running, await tap(running.port), which, length)
            rows.push(row)
            check(server, row)
          })
        }
      }
    })
  }
})
