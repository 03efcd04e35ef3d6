import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect } from 'chai'
import { request } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import type { DiagnosticsName, UploadMessage } from '../../lib/report/diagnostics.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'
import { origin, type Script } from '../support/origin.ts'
import { answer, goAhead } from '../support/steps.ts'
import { threadOrigin } from '../support/thread-origin.ts'

const names: readonly DiagnosticsName[] = [
  'ask',
  'interim',
  'release',
  'refuse',
  'replay',
  'silent',
  'rescue',
]

/** A message without the request that it is about. */
type Published = Partial<UploadMessage> & { readonly name: DiagnosticsName }

/** Collects messages from now on. */
function listen(): Published[] {
  const published: Published[] = []
  for (const name of names) {
    const listener = (message: unknown): void => {
      published.push({ name, ...(message as UploadMessage) })
    }
    const channel = `expect-continue:${name}`
    subscribe(channel, listener)
    closeLater(() => unsubscribe(channel, listener))
  }
  return published
}

function about(method: string, url: string, published: readonly Published[]): Published[] {
  return published.map((each) => ({ ...each, method, url }))
}

function tick(): Promise<void> {
  return new Promise((done) => process.nextTick(done))
}

const take: Script = async (wire) => {
  await wire.content(await wire.head())
  wire.send('HTTP/1.1 201 Created', 'content-length: 0')
}

/** Sends these heads after one with an expectation, and then reads the content, if it is sent. */
function sending(...lines: string[]): Script {
  return async (wire) => {
    const head = await wire.head()
    for (const line of lines) wire.send(line, 'content-length: 0')
    if (!lines.at(-1)?.startsWith('HTTP/1.1 1')) return
    await wire.content(head)
    wire.send('HTTP/1.1 201 Created', 'content-length: 0')
  }
}

const attempt = 1
const cases: { what: string; scripts: Script[]; published: Published[] }[] = [
  {
    what: 'a 100',
    scripts: [sending('HTTP/1.1 100 Continue')],
    published: [
      { name: 'ask', attempt },
      { name: 'interim', attempt, status: 100 },
      { name: 'release', attempt, by: 'continue' },
    ],
  },
  {
    what: 'other interim responses before a 100',
    scripts: [
      sending('HTTP/1.1 103 Early Hints', 'HTTP/1.1 102 Processing', 'HTTP/1.1 100 Continue'),
    ],
    published: [
      { name: 'ask', attempt },
      { name: 'interim', attempt, status: 103 },
      { name: 'interim', attempt, status: 102 },
      { name: 'interim', attempt, status: 100 },
      { name: 'release', attempt, by: 'continue' },
    ],
  },
  {
    what: 'silence',
    scripts: [take],
    published: [
      { name: 'ask', attempt },
      { name: 'release', attempt, by: 'timeout' },
      { name: 'silent', attempt },
    ],
  },
  {
    what: 'a refusal',
    scripts: [sending('HTTP/1.1 413 Content Too Large')],
    published: [
      { name: 'ask', attempt },
      { name: 'refuse', attempt, status: 413 },
    ],
  },
  {
    what: 'a 2xx before the content',
    scripts: [sending('HTTP/1.1 200 OK')],
    published: [{ name: 'ask', attempt }],
  },
  {
    what: 'a 417 and its replay',
    scripts: [sending('HTTP/1.1 417 Expectation Failed'), take],
    published: [
      { name: 'ask', attempt },
      { name: 'refuse', attempt, status: 417 },
      { name: 'replay', attempt, status: 417 },
    ],
  },
]

describe('the diagnostics channels', () => {
  for (const { what, scripts, published: expected } of cases) {
    it(`publish ${what}, without the query`, async () => {
      const peer = await origin(...scripts)
      const published = listen()
      await upload(`${peer.url}?token=secret#part`, 'abc', {
        expect: 'always',
        continueTimeout: 20,
        dispatcher: agentFor(),
      })
      expect(published).to.eql(about('PUT', peer.url, expected))
      await peer.done
    })
  }

  it('publish a request of undici, without its credentials', async () => {
    const peer = await origin(sending('HTTP/1.1 100 Continue'))
    const published = listen()
    const url = `${peer.url.replace('//', '//user:password@')}?token=secret`
    const { statusCode } = await request(url, {
      method: 'POST',
      headers: { expect: '100-continue', authorization: 'secret' },
      body: 'abc',
      dispatcher: agentFor(),
    })
    expect(statusCode).to.equal(201)
    const expected = cases[0]?.published ?? []
    expect(published).to.eql(about('POST', peer.url, expected))
    await peer.done
  })

  it('publish that a response was read after a failed write', async () => {
    const peer = await threadOrigin([
      { do: 'head' },
      goAhead,
      { do: 'read', bytes: 100_000 },
      answer('413 Content Too Large'),
      { do: 'reset' },
      { do: 'count' },
    ])
    const published = listen()
    const chunk = Buffer.alloc(65_536)
    async function* untilReset(): AsyncGenerator<Buffer> {
      yield chunk
      yield chunk
      // Both chunks are written before these ticks are over, and nothing is read in between.
      await tick()
      await tick()
      // The next write is the first on a closed connection.
      peer.blockUntil(1)
      yield chunk
    }
    const { response } = await upload(peer.url, untilReset(), { dispatcher: agentFor() })
    expect(response.status).to.equal(413)
    const code = published.at(-1)?.code ?? ''
    expect(code).to.be.oneOf(['ECONNRESET', 'EPIPE'])
    expect(published).to.eql(
      about('PUT', peer.url, [
        { name: 'ask', attempt },
        { name: 'interim', attempt, status: 100 },
        { name: 'release', attempt, by: 'continue' },
        { name: 'rescue', attempt, code },
      ]),
    )
  })

  it('publish nothing about an upload without an expectation', async () => {
    const peer = await origin(take)
    const published = listen()
    await upload(peer.url, 'abc', { dispatcher: agentFor() })
    expect(published).to.eql([])
    await peer.done
  })
})
