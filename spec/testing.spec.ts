import { expect } from 'chai'
import { request } from 'undici'
import { type OriginOptions, startOrigin, type TestOrigin } from '../lib/testing/index.ts'
import { upload } from '../lib/upload.ts'
import { closeLater } from './support/closing.ts'
import { sha256 } from './support/contents.ts'
import { agentFor } from './support/faces.ts'

const content = Buffer.from('some content')

async function openOrigin(options: OriginOptions): Promise<TestOrigin> {
  const origin = await startOrigin(options)
  closeLater(() => origin.close())
  return origin
}

describe('startOrigin', () => {
  for (const [mode, outcome, status] of [
    ['go', 'continued', 201],
    ['silent', 'silent', 201],
    [417, 'replayed', 201],
    [413, 'refused', 413],
    [{ status: 401, headers: { 'www-authenticate': 'Basic' }, body: 'no' }, 'refused', 401],
  ] as const) {
    it(`plays ${JSON.stringify(mode)}, and tells what it saw`, async () => {
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

  it('counts connections, and writes down what went over them', async () => {
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

  it('asks a function for what to do and for the response', async () => {
    const origin = await openOrigin({
      mode: ({ path }) => (path === '/no' ? 403 : 'go'),
      response: ({ bytes }) => ({ status: 200, body: `${bytes} bytes` }),
    })
    const dispatcher = agentFor()
    const taken = await request(`${origin.url}/yes`, { method: 'PUT', body: content, dispatcher })
    const refused = await request(`${origin.url}/no`, { method: 'PUT', body: content, dispatcher })
    expect([taken.statusCode, await taken.body.text()]).to.deep.equal([200, '12 bytes'])
    expect(refused.statusCode).to.equal(403)
    await refused.body.dump()
  })

  it('says nothing before its delay is over, also to requests that do not ask', async () => {
    const origin = await openOrigin({ delay: 60_000 })
    const dispatcher = agentFor({ headersTimeout: 50 })
    const asked = { method: 'PUT', body: content, dispatcher } as const
    const failure = await request(origin.url, asked).catch((error) => error)
    expect(failure.code).to.equal('UND_ERR_HEADERS_TIMEOUT')
    expect(origin.requests[0]).to.include({ status: 0, bytes: content.length })
  })
})
