import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { expect } from 'chai'
import { Agent, type Dispatcher, request } from 'undici'
import {
  type ContentInput,
  expectContinue,
  fetch,
  fromFile,
  gatedPool,
  RouteMemory,
  upload,
} from '../../lib/index.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { temporaryFile } from '../support/files.ts'
import { type Change, changes, changing } from '../support/interceptors.ts'
import { origin } from '../support/origin.ts'
import { receiver } from '../support/receiver.ts'
import { response } from '../support/responses.ts'

const bytes = noise(600_000)

/** A file that is read in chunks of this size. */
function file(chunkSize: number): ContentInput {
  const path = temporaryFile()
  writeFileSync(path, bytes)
  return fromFile(path, { chunkSize })
}

const kinds = new Map<string, () => ContentInput>([
  ['a Buffer', () => bytes],
  ['a string', () => bytes.toString('latin1')],
  ['a file in small chunks', () => file(10_000)],
  ['a file in large chunks', () => file(400_000)],
  ['a Blob', () => new Blob([bytes])],
  ['a Node stream', () => Readable.from(chunksOf(bytes, 40))],
  ['a function', () => () => Readable.from(chunksOf(bytes, 40))],
  [
    'a generator',
    () =>
      (async function* () {
        yield* chunksOf(bytes, 40)
      })(),
  ],
  [
    'a web stream',
    () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (const chunk of chunksOf(bytes, 40)) controller.enqueue(chunk)
          controller.close()
        },
      }),
  ],
])

const few = ['a Buffer', 'a file in small chunks', 'a generator']

type Way = (url: string, content: ContentInput, dispatcher: Dispatcher) => Promise<number>

const ways = new Map<string, Way>([
  [
    'upload',
    async (url, content, dispatcher) => {
      const { response } = await upload(url, content, { dispatcher })
      await response.text()
      return response.status
    },
  ],
  [
    'fetch',
    async (url, body, dispatcher) => {
      const answer = await fetch(url, { method: 'PUT', body, dispatcher })
      await answer.text()
      return answer.status
    },
  ],
  [
    'request',
    async (url, content, dispatcher) => {
      const body = content as Buffer
      const answer = await request(url, { method: 'PUT', body, dispatcher })
      await answer.body.text()
      return answer.statusCode
    },
  ],
])

/** An agent above an interceptor. */
function agentAbove(
  interceptor: Dispatcher.DispatcherComposeInterceptor,
  expects: 'always' | 'never',
): Dispatcher {
  const agent = new Agent({ factory: gatedPool, connections: 1 })
  closeLater(() => agent.destroy())
  const own = { expect: expects, continueTimeout: 60_000, memory: new RouteMemory() }
  return agent.compose(interceptor, expectContinue(own))
}

async function expectMade(
  way: Way,
  change: Change,
  tells: boolean,
  expects: 'always' | 'never',
  make: () => ContentInput,
): Promise<void> {
  const { url, receipts } = await receiver(createServer(), 'http')
  const { interceptor, made } = changing(change, tells)
  const dispatcher = agentAbove(interceptor, expects)
  // The second upload reuses the buffers of the first one.
  for (const count of [1, 2]) {
    const content = make()
    const sent = typeof content === 'string' ? Buffer.from(content) : bytes
    expect(await way(url, content, dispatcher)).to.equal(201)
    expect(receipts).to.have.lengthOf(count)
    const [received] = receipts.slice(-1)
    const arrived = received?.content ?? Buffer.alloc(0)
    expect(sha256(arrived), 'what it made').to.equal(made.at(-1))
    const undone = await change.undo(arrived)
    expect(undone.equals(sent), 'whether it was made of the content').to.equal(true)
    const { 'content-length': length, 'transfer-encoding': coding } = received?.headers ?? {}
    expect(length ?? coding).to.be.oneOf([String(arrived.length), 'chunked'])
  }
}

for (const [name, way] of ways) {
  describe(`an interceptor below expectContinue(), through ${name}`, function () {
    this.timeout(2000)

    for (const change of changes) {
      for (const [kind, make] of kinds) {
        // Other kinds of content take the same code path through the other faces.
        if (name !== 'upload' && !few.includes(kind)) continue
        for (const expects of ['always', 'never'] as const) {
          it(`${change.name}: ${kind}, ${expects}`, () =>
            expectMade(way, change, false, expects, make))
        }
      }
      it(`${change.name} and sets the new length`, () =>
        expectMade(way, change, true, 'always', () => file(10_000)))
    }
  })
}

describe('an interceptor below expectContinue() that reads ahead', function () {
  this.timeout(2000)

  for (const change of changes.filter(({ name }) => !name.startsWith('buffers'))) {
    it(`gets no refused content: it ${change.name}`, async () => {
      let head = ''
      const peer = await origin(async (wire) => {
        head = await wire.head()
        wire.raw(response(413, 'no'))
        expect((await wire.closed()).toString('latin1'), 'bytes after the head').to.equal('')
      })
      const { interceptor } = changing(change, false)
      let touched = 0
      const content = (async function* () {
        touched += 1
        yield bytes
      })()
      const { response: answer } = await upload(peer.url, content, {
        dispatcher: agentAbove(interceptor, 'always'),
      })
      expect(answer.status).to.equal(413)
      expect(head).to.match(/^expect: 100-continue\r$/im)
      expect(touched, 'how often the source was begun').to.equal(0)
      await peer.done
    })
  }
})
