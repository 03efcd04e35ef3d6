import { once } from 'node:events'
import { Writable } from 'node:stream'
import { expect } from 'chai'
import { request } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import { type SeenRequest, startOrigin } from '../../lib/testing/index.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin } from '../support/open-origin.ts'

const content = Buffer.from('some content')

/** Accepts one chunk per turn of the event loop, and records how many bytes it held at most. */
class SlowStore extends Writable {
  readonly chunks: Buffer[] = []
  maxLength = 0

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk)
    this.maxLength = Math.max(this.maxLength, this.writableLength)
    if (this.chunks.length === 1) this.emit('first')
    setImmediate(done)
  }
}

describe('startOrigin', () => {
  for (const [mode, outcome, status] of [
    ['go', 'continued', 201],
    ['silent', 'silent', 201],
    [417, 'replayed', 201],
    [413, 'refused', 413],
    [{ status: 401, headers: { 'www-authenticate': 'Basic' }, body: 'no' }, 'refused', 401],
  ] as const) {
    it(`plays ${JSON.stringify(mode)}, and records the request`, async () => {
      const origin = await openOrigin({ mode, keepContent: true })
      const options = { expect: 'always', continueTimeout: 50, dispatcher: agentFor() } as const
      const { response, report } = await upload(`${origin.url}/a?b`, content, options)
      await response.arrayBuffer()
      expect([response.status, report.outcome]).to.deep.equal([status, outcome])
      const seen = origin.requests.at(-1)
      expect(seen).to.include({ method: 'PUT', path: '/a?b', status })
      if (status !== 201) {
        expect(seen).to.include({ asked: true, bytes: 0, sha256: '' })
        return
      }
      expect(seen).to.include({ bytes: content.length, sha256: sha256(content) })
      expect(seen?.content).to.deep.equal(content)
    })
  }

  it('counts connections, and records their messages', async () => {
    const origin = await openOrigin({ mode: 417 })
    await upload(origin.url, content, { expect: 'always', dispatcher: agentFor() })
    expect(origin.connections).to.equal(2)
    expect(origin.events.map(({ direction, what }) => `${direction} ${what}`)).to.deep.equal([
      'in PUT / HTTP/1.1',
      'out HTTP/1.1 417 Expectation Failed',
      'in PUT / HTTP/1.1',
      'in content',
      'out HTTP/1.1 201 Created',
    ])
  })

  it('calls functions for the mode and the response', async () => {
    const origin = await openOrigin({
      mode: ({ path }) => (path === '/no' ? 403 : 'go'),
      response: ({ bytes }) => ({ status: 200, body: `${bytes} bytes` }),
    })
    const dispatcher = agentFor()
    const accepted = await request(`${origin.url}/yes`, {
      method: 'PUT',
      body: content,
      dispatcher,
    })
    const refused = await request(`${origin.url}/no`, { method: 'PUT', body: content, dispatcher })
    expect([accepted.statusCode, await accepted.body.text()]).to.deep.equal([200, '12 bytes'])
    expect(refused.statusCode).to.equal(403)
    await refused.body.dump()
  })

  it('sends nothing before its delay is over, also to requests without an expectation', async () => {
    const origin = await openOrigin({ delay: 60_000 })
    const dispatcher = agentFor({ headersTimeout: 50 })
    const asked = { method: 'PUT', body: content, dispatcher } as const
    const failure = await request(origin.url, asked).catch((error) => error)
    expect(failure.code).to.equal('ERR_EXPECT_HEADERS_TIMEOUT')
    expect(origin.requests[0]).to.include({ status: 0, bytes: content.length })
  })

  it('stores content with backpressure, and responds when the stream has finished', async () => {
    const large = noise(3_000_000)
    const store = new SlowStore()
    const origin = await openOrigin({ store: () => store })
    const { response } = await upload(`${origin.url}/a`, large, { dispatcher: agentFor() })
    expect(response.status).to.equal(201)
    expect(store.writableFinished).to.equal(true)
    expect(store.maxLength).to.be.below(large.length / 2)
    expect(sha256(Buffer.concat(store.chunks))).to.equal(sha256(large))
    expect(origin.requests[0]).to.include({ sha256: sha256(large) })
  })

  it('opens no stream for refused content', async () => {
    const stored: string[] = []
    const store = ({ path }: SeenRequest): Writable => {
      stored.push(path)
      return new SlowStore()
    }
    const origin = await openOrigin({ mode: 417, store })
    await upload(`${origin.url}/a`, content, { expect: 'always', dispatcher: agentFor() })
    origin.mode = 413
    await upload(`${origin.url}/b`, content, { expect: 'never', dispatcher: agentFor() })
    expect(stored).to.deep.equal(['/a'])
  })

  it('answers 500 when content cannot be stored, with and without a delay', async () => {
    for (const delay of [0, 20]) {
      const store = (): Writable =>
        new Writable({ write: (_chunk, _encoding, done) => done(new Error('full')) })
      const origin = await openOrigin({ delay, store })
      const options = { method: 'PUT', body: noise(1_000_000), dispatcher: agentFor() } as const
      const { statusCode, body } = await request(origin.url, options)
      expect(statusCode).to.equal(500)
      await body.dump()
    }
  })

  it('destroys the stream of incomplete content', async () => {
    const store = new SlowStore()
    const origin = await openOrigin({ store: () => store })
    const source = async function* (): AsyncGenerator<Buffer> {
      yield content
      await once(store, 'first')
      throw new Error('broken')
    }
    const closed = once(store, 'close')
    const failure = await upload(origin.url, source(), { dispatcher: agentFor() }).catch(
      (error) => error,
    )
    expect(failure.message).to.equal('broken')
    await closed
    expect(store.writableFinished).to.equal(false)
  })

  it('calls onRequest when a request is over, and keeps no requests with record: false', async () => {
    let tell: (seen: SeenRequest) => void = () => {}
    const over = new Promise<SeenRequest>((resolve) => {
      tell = resolve
    })
    const origin = await openOrigin({ record: false, onRequest: (seen) => tell(seen) })
    await upload(`${origin.url}/a`, content, { expect: 'always', dispatcher: agentFor() })
    expect(await over).to.include({ path: '/a', asked: true, status: 201, sha256: sha256(content) })
    expect([origin.requests, origin.events]).to.deep.equal([[], []])
  })

  it('listens on the given address and port', async () => {
    const { port, hostname } = new URL((await openOrigin({ host: '0.0.0.0' })).url)
    expect(hostname).to.equal('0.0.0.0')
    const failure = await startOrigin({ port: Number(port) }).catch((error) => error)
    expect(failure).to.include({ code: 'EADDRINUSE', port: Number(port) })
  })
})
