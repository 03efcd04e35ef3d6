import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { type Dispatcher, request } from 'undici'
import {
  type ContentInput,
  ExpectAgent,
  type ExpectMode,
  fetch,
  fromFile,
  RouteMemory,
  upload,
} from '../../lib/index.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { parsingOrigin, smuggling } from '../support/parsing-on.ts'
import { signal } from '../support/signal.ts'
import { tlsFront } from '../support/tls-front.ts'
import { turns } from '../support/turns.ts'

/** Turns of the event loop in which an error of the package would show. */
const enough = 100

/** Content, of which a part may only be sent after the response was read. */
interface Source {
  readonly content: ContentInput
  resume(): void
}

const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
after(() => rmSync(folder, { recursive: true }))

const sizes = new Map([
  ['1 KiB', 1024],
  ['16 KiB', 16_384],
  ['600 KB', 600_000],
  ['900 KB', 900_000],
  ['24 MiB', 25_165_824],
])

/** The bytes of each size, and a file with them. */
const contents = new Map(
  [...sizes].map(([size, length]) => {
    const bytes = smuggling(length)
    const path = join(folder, String(length))
    writeFileSync(path, bytes)
    return [size, { bytes, path, text: bytes.toString('latin1') }]
  }),
)
type Sized = { bytes: Buffer; path: string; text: string }

const immediate = (content: ContentInput): Source => ({ content, resume: () => {} })
const sources = new Map<string, (sized: Sized) => Source>([
  ['a string', ({ text }) => immediate(text)],
  ['a Buffer', ({ bytes }) => immediate(bytes)],
  ['a file', ({ path }) => immediate(fromFile(path))],
  [
    'a stream',
    ({ bytes }) => {
      const answered = signal()
      async function* chunks(): AsyncGenerator<Buffer> {
        const [first = bytes, second = bytes, ...rest] = chunksOf(bytes)
        yield first
        yield second
        await answered.raised
        yield* rest
      }
      return { content: Readable.from(chunks()), resume: answered.raise }
    },
  ],
])

type Way = (
  url: string,
  content: ContentInput,
  dispatcher: Dispatcher,
) => Promise<{ status: number; text: string }>

const ways = new Map<string, Way>([
  [
    'upload',
    async (url, content, dispatcher) => {
      const { response } = await upload(url, content, { dispatcher, redirect: 'manual' })
      return { status: response.status, text: await response.text() }
    },
  ],
  [
    'fetch',
    async (url, body, dispatcher) => {
      const response = await fetch(url, { method: 'PUT', body, dispatcher, redirect: 'manual' })
      return { status: response.status, text: await response.text() }
    },
  ],
  [
    'request',
    async (url, content, dispatcher) => {
      const body = content as Buffer
      const answer = await request(url, { method: 'PUT', body, dispatcher })
      return { status: answer.statusCode, text: await answer.body.text() }
    },
  ],
])

interface Refusal {
  readonly way: Way
  readonly status: number
  readonly source: Source
  readonly expects: ExpectMode
  /** Whether all content is sent with the head, before the origin can answer. */
  readonly leaves: boolean
}

async function refuse({ way, status, source, expects, leaves }: Refusal): Promise<void> {
  const origin = await parsingOrigin(status)
  const dispatcher = agentFor({ connections: 1, continueTimeout: 60_000, expect: expects })
  const refused = await way(`${origin.url}/upload`, source.content, dispatcher)
  expect(refused).to.include({ status, text: 'no' })
  source.resume()
  await turns(enough)
  // Another request does not depend on what the origin does with the first connection.
  const next = request(`${origin.url}/next`, { dispatcher }).then(({ body }) => body.text())
  await Promise.race([next.catch(() => {}), turns(enough)])
  origin.continueReading()
  expect(await next, 'what the next request got').to.equal('GET')
  if (leaves) return
  await origin.settled()
  const [first, second] = origin.connections
  expect(first?.lines, 'what it found on the first connection').to.eql(['PUT /upload HTTP/1.1'])
  expect(first?.ending, 'the first connection').to.be.oneOf(['reset', 'closed'])
  expect(second?.lines, 'what it found on the second').to.deep.equal(['GET /next HTTP/1.1'])
}

for (const [name, way] of ways) {
  describe(`an early refusal through ${name}`, function () {
    this.timeout(8000)

    for (const [size, sized] of contents) {
      // Other sizes take the same code path through the other faces.
      if (name !== 'upload' && !['1 KiB', '600 KB'].includes(size)) continue
      const { length } = sized.bytes
      for (const expects of ['auto', 'never', 'always'] as const) {
        for (const [kind, make] of sources) {
          const isAsked = expects === 'always' || (expects === 'auto' && length >= 1_048_576)
          const leaves = !isAsked && kind !== 'a stream' && length < 65_536
          it(`leaves no part of ${size} to be parsed as a request: ${kind}, ${expects}`, async () => {
            for (const status of [401, 403, 413, 500]) {
              await refuse({ way, status, expects, source: make(sized), leaves })
            }
          })
        }
      }
    }
  })
}

describe('refusals over HTTP/2', function () {
  this.timeout(5000)

  for (const size of ['1 KiB', '600 KB', '24 MiB']) {
    const sized = contents.get(size) as Sized
    for (const expects of ['auto', 'never', 'always'] as const) {
      for (const [kind, make] of sources) {
        // Encoding such a long string takes longer than the rest of the suite.
        if (kind === 'a string' && size === '24 MiB') continue
        it(`use up no stream of the connection: 20 of ${size}, ${kind}, ${expects}`, async () => {
          const front = await tlsFront(['h2'], ({ method }, response) => {
            response.statusCode = method === 'GET' ? 200 : 413
            response.end(method === 'GET' ? 'next' : 'no')
          })
          front.http2.updateSettings({ maxConcurrentStreams: 5 })
          const options = { allowH2: true, connections: 1, connect: { ca: front.ca } }
          const memory = new RouteMemory()
          const wait = { expect: expects, continueTimeout: 60_000, memory }
          const dispatcher = new ExpectAgent({ ...options, ...wait })
          closeLater(() => dispatcher.destroy())
          for (let count = 0; count < 20; count++) {
            const { content, resume } = make(sized)
            const body = content as Buffer
            const answer = await request(front.url, { method: 'PUT', dispatcher, body })
            expect(await answer.body.text()).to.equal('no')
            expect(answer.statusCode).to.equal(413)
            resume()
          }
          const next = Array.from({ length: 10 }, async () => {
            const { body } = await request(front.url, { dispatcher })
            return body.text()
          })
          expect(new Set(await Promise.all(next))).to.deep.equal(new Set(['next']))
          await dispatcher.close()
          expect(front.connections).to.equal(1)
        })
      }
    }
  }
})
