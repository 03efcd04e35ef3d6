import { createServer } from 'node:http'
import { expect } from 'chai'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import { reportOf } from '../../lib/report/reported.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { origin, type Script, takes } from '../support/origin.ts'
import { receiver } from '../support/receiver.ts'

const large = noise(1_200_000)

const gets: Script = async (wire) => {
  expect(await wire.head()).to.match(/^GET \/there HTTP/)
  wire.send('HTTP/1.1 200 OK', 'content-length: 3')
  wire.raw('got')
}

describe('fetch', () => {
  it('sends the body of a Request with an expectation, and replays it after a 417', async () => {
    const peer = await origin(
      async (wire) => {
        expect(await wire.head()).to.match(/^expect: 100-continue\r$/im)
        wire.send('HTTP/1.1 417 Expectation Failed', 'content-length: 0')
      },
      async (wire) => {
        const head = await wire.head()
        expect(head).to.match(/^x-own: 1\r$/im)
        expect(sha256(await wire.content(head))).to.equal(sha256(large))
        wire.send('HTTP/1.1 201 Created', 'content-length: 0')
      },
    )
    const input = new Request(peer.url, { method: 'PUT', body: large, headers: { 'x-own': '1' } })
    const response = await fetch(input, { dispatcher: agentFor() })
    expect(response.status).to.equal(201)
    expect(reportOf(response)).to.include({ outcome: 'replayed', sentBytes: large.length })
    await peer.done
  })

  it('sends a Request without a body', async () => {
    const peer = await origin(gets)
    const input = new Request(new URL('/there', peer.url))
    const response = await fetch(input, { dispatcher: agentFor() })
    expect(await response.text()).to.equal('got')
    expect(reportOf(response)).to.include({ asked: false, reason: 'no-content' })
    await peer.done
  })

  for (const [what, init, referer] of [
    ['keeps the referrer of a Request', {}, 'from'],
    ["puts init's referrer in place of a Request's", { referrer: '/other' }, 'other'],
  ] as const) {
    it(what, async () => {
      const peer = await origin(async (wire) => {
        expect(await wire.head()).to.include(`\r\nreferer: ${new URL(`/${referer}`, peer.url)}\r\n`)
        wire.send('HTTP/1.1 200 OK', 'content-length: 0')
      })
      const address = (path: string) => new URL(path, peer.url).href
      const input = new Request(peer.url, { referrer: address('/from') })
      const own = 'referrer' in init ? { referrer: address(init.referrer) } : init
      expect((await fetch(input, { ...own, dispatcher: agentFor() })).status).to.equal(200)
      await peer.done
    })
  }

  it("uses the body and headers of init instead of the Request's", async () => {
    const peer = await origin(async (wire) => {
      const head = await wire.head()
      expect(head).to.match(/^x-own: 2\r$/im)
      expect((await wire.content(head)).toString()).to.equal('new')
      wire.send('HTTP/1.1 201 Created', 'content-length: 0')
    })
    const headers = { 'x-own': '1' }
    const input = new Request(peer.url, { method: 'POST', body: 'old', headers })
    const init = { body: 'new', headers: { 'x-own': '2' }, dispatcher: agentFor() }
    expect((await fetch(input, init)).status).to.equal(201)
    await peer.done
  })

  it('sends FormData as multipart with the correct length', async () => {
    const { url, receipts } = await receiver(createServer(), 'http')
    const form = new FormData()
    form.append('title', 'Größe')
    form.append('file', new File([large], 'a "b".bin', { type: 'application/x-own' }))
    const response = await fetch(url, { method: 'POST', body: form, dispatcher: agentFor() })
    expect(response.status).to.equal(201)
    const [receipt] = receipts
    const { 'content-length': length, 'content-type': type = '' } = receipt?.headers ?? {}
    expect(receipt?.asked).to.equal(true)
    expect(length).to.equal(String(receipt?.content.length))
    const parsed = await new Response(receipt?.content, {
      headers: { 'content-type': type },
    }).formData()
    const file = parsed.get('file') as File
    expect([...parsed.keys()]).to.eql(['title', 'file'])
    expect(parsed.get('title')).to.equal('Größe')
    expect({ name: file.name, type: file.type }).to.eql({
      name: 'a "b".bin',
      type: 'application/x-own',
    })
    expect(sha256(await file.bytes())).to.equal(sha256(large))
  })

  const inits: Record<string, Record<string, unknown>> = {
    'no duplex': {},
    "duplex: 'half'": { duplex: 'half' },
    'unknown names': { retries: 3, onprogress: 1, agent: null },
  }
  for (const [what, extra] of Object.entries(inits)) {
    it(`accepts a stream with ${what}`, async () => {
      const peer = await origin(takes(large, 'PUT /upload HTTP/1.1'))
      const body: ContentInput = new Blob([large]).stream()
      const init: FetchInit = { method: 'PUT', body, dispatcher: agentFor(), ...extra }
      expect((await fetch(peer.url, init)).status).to.equal(201)
      await peer.done
    })
  }

  it('can be called with any this value', async () => {
    const { url, receipts } = await receiver(createServer(), 'http')
    const init = { method: 'PUT', body: 'abc', dispatcher: agentFor() }
    for (const self of [undefined, null, globalThis, {}, 1]) {
      expect((await fetch.call(self, url, init)).status).to.equal(201)
    }
    expect(receipts.length).to.equal(5)
  })

  const wrong: Record<string, unknown>[] = [
    { expect: true },
    { threshold: 'many' },
    { continueTimeout: -1 },
    { replayWindow: Number.NaN },
    { rescueTimeout: '500' },
    { memory: {} },
  ]
  for (const options of wrong) {
    const [name = ''] = Object.keys(options)
    for (const body of ['abc', undefined]) {
      it(`rejects with a TypeError that names ${name}, ${body ? 'with' : 'without'} a body`, async () => {
        const init = {
          method: body ? 'PUT' : 'GET',
          ...(body && { body }),
          ...options,
        } as FetchInit
        const peer = await origin()
        const failure = await fetch(peer.url, init).catch((error) => error)
        expect(failure).to.be.instanceOf(TypeError)
        expect(failure.message).to.include(`'${name}'`)
        expect(peer.connections).to.equal(0)
      })
    }
  }

  it('rejects with a TypeError for a network error, which is its cause', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.reset()
    })
    const init = { method: 'PUT', body: 'abc', dispatcher: agentFor() }
    const failure = await fetch(peer.url, init).catch((error) => error)
    expect(failure).to.be.instanceOf(TypeError)
    expect(failure.cause)
      .to.be.an('error')
      .with.property('code')
      .that.matches(/ECONNRESET|SOCKET/)
    await peer.done
  })
})

describe('reportOf', () => {
  it('returns the reports of fetch and upload, and undefined for other responses', async () => {
    const { url } = await receiver(createServer(), 'http')
    const dispatcher = agentFor()
    const own = await fetch(url, { method: 'PUT', body: 'abc', dispatcher })
    const { response, report } = await upload(url, 'abc', { dispatcher })
    expect(reportOf(own)).to.include({ asked: false, reason: 'below-threshold', sentBytes: 3 })
    expect(reportOf(response)).to.eql(report)
    expect(reportOf(new Response())).to.equal(undefined)
    expect(reportOf(await globalThis.fetch(url))).to.equal(undefined)
  })
})
