import { appendFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { ExpectAgent } from '../../lib/client/agent.ts'
import { upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { tlsServers } from './support/real/all.ts'
import { allCases, type Case, places, type Running, type TlsServer } from './support/real/server.ts'
import { isInstalled } from './support/servers.ts'
import { type TlsEnding, type TlsRow, tlsSection } from './support/tls-page.ts'

/** More than the socket buffers between client and server hold. */
const content = noise(8_388_608)
const sum = sha256(content)

const kinds = {
  'one-shot': (): ContentInput => Readable.from(chunksOf(content, 64)),
  replayable: (): ContentInput => content,
} as const

/** The allowed final statuses; a redirect is followed where the content can still be sent. */
const expected: Readonly<Record<Case, readonly number[]>> = {
  accept: [201],
  'too large': [413],
  'no credentials': [401],
  'no such place': [404, 405],
  moved: [201, 307],
  '417': [201],
}

async function send(
  dispatcher: ExpectAgent,
  url: string,
  body: ContentInput,
  running: Running,
): Promise<TlsEnding> {
  const { response, report } = await upload(url, body, { dispatcher })
  await response.arrayBuffer()
  const stored = running.stored(url.slice(url.lastIndexOf('/') + 1))
  return { status: response.status, report, stored }
}

/** The checks for every upload. */
function check({ instead }: TlsServer, which: Case, { status, report, stored }: TlsEnding): void {
  const others = which === 'accept' || instead === undefined ? [] : [instead]
  expect(status).to.be.oneOf([...expected[which], ...others])
  // Complete and exactly once where the caller was told so, and nowhere else.
  expect(stored).to.deep.equal(status === 201 ? [sum] : [])
  for (const attempt of report.attempts) {
    const isRefused = attempt.status !== null && attempt.status >= 300
    const isReleased = attempt.interim.some((interim) => interim.status === 100)
    if (attempt.asked && isRefused && !isReleased) expect(attempt.sentBytes).to.equal(0)
    // No upload waits for the whole `continueTimeout`: over HTTP/2, the ack of a PING ends the wait.
    if (attempt.httpVersion === '1.1') expect(report.outcome).not.to.equal('silent')
  }
}

describe('real servers over TLS', () => {
  const rows: TlsRow[] = []

  after(() => {
    const section = tlsSection(rows, content.length)
    process.stdout.write(`\n${section}`)
    const file = process.env.SERVERS_TABLE
    if (file !== undefined) appendFileSync(file, section)
  })

  for (const server of tlsServers) {
    for (const versions of server.versions) {
      describe(`${server.name}, ${versions}`, () => {
        before(function () {
          // Where a package cannot be installed, table.server.ts names the server in the page.
          if (!server.needs.every(isInstalled)) this.skip()
        })

        for (const which of server.cases ?? allCases) {
          for (const [kind, make] of Object.entries(kinds)) {
            it(`${which}, ${kind}: arrives once or not at all, and no content is sent in vain`, async () => {
              const running = await server.start(versions)
              const dispatcher = agentFor({ connect: { ca: (await identity()).cert } })
              const place = `https://127.0.0.1:${running.port}${places[which]}`
              const first = await send(dispatcher, `${place}/first`, make(), running)
              const second = await send(dispatcher, `${place}/second`, make(), running)
              rows.push({ server: server.name, versions, case: which, kind, first, second })
              check(server, which, first)
              check(server, which, second)
            })
          }
        }
      })
    }
  }
})
