import { expect } from 'chai'
import nock from 'nock'
import { MockAgent, request } from 'undici'
import { expectContinue, fetch, upload } from '../lib/index.ts'
import { faces } from './support/all-faces.ts'
import { startChild } from './support/child.ts'
import { closeLater } from './support/closing.ts'
import { agentFor } from './support/faces.ts'
import { origin } from './support/origin.ts'

describe('nock', () => {
  beforeEach(() => {
    nock.activate()
    nock.disableNetConnect()
    nock.enableNetConnect('127.0.0.1')
  })

  afterEach(() => {
    nock.cleanAll()
    nock.enableNetConnect()
    nock.restore()
  })

  for (const face of faces) {
    it(`answers an upload below the threshold through ${face.name}`, async () => {
      const scope = nock('http://uploads.example').put('/small', 'abc').reply(201, 'mocked')
      const outcome = await face.open()('http://uploads.example/small', 'abc')
      expect(outcome).to.include({ status: 201, text: 'mocked' })
      scope.done()
    })

    it(`answers the replay after a real 417 through ${face.name}`, async () => {
      const content = 'x'.repeat(2000)
      const peer = await origin(async (wire) => {
        expect(await wire.head()).to.match(/^expect: 100-continue\r$/im)
        wire.send('HTTP/1.1 417 Expectation Failed', 'Content-Length: 0')
        expect(await wire.closed()).to.have.length(0)
      })
      const scope = nock(new URL(peer.url).origin).put('/upload', content).reply(201, 'mocked')
      const outcome = await face.open({ threshold: 1000 })(peer.url, content)
      expect(outcome).to.include({ status: 201, text: 'mocked' })
      scope.done()
      await peer.done
    })
  }

  it('answers when it was loaded before the first response', async () => {
    const { printed } = startChild('mocked-first.ts', [])
    expect(await printed).to.equal('201 http://uploads.example/file yes\n'.repeat(3))
  })

  it('answers a GET through fetch and through undici', async () => {
    const scope = nock('http://uploads.example').get('/list').twice().reply(200, 'mocked')
    const url = 'http://uploads.example/list'
    const dispatcher = agentFor()
    const fetched = await fetch(url, { dispatcher })
    const requested = await request(url, { dispatcher })
    expect([await fetched.text(), await requested.body.text()]).to.deep.equal(['mocked', 'mocked'])
    scope.done()
  })
})

describe('MockAgent', () => {
  const url = 'http://uploads.example/files'

  function mockAgent(): MockAgent {
    const mock = new MockAgent()
    mock.disableNetConnect()
    closeLater(() => mock.close())
    return mock
  }

  it('answers below the threshold as the dispatcher of upload and fetch', async () => {
    const mock = mockAgent()
    const pool = mock.get('http://uploads.example')
    pool.intercept({ path: '/files', method: 'PUT' }).reply(201, 'mocked').times(2)
    const { response } = await upload(url, 'abc', { dispatcher: mock })
    const fetched = await fetch(url, { method: 'PUT', body: 'abc', dispatcher: mock })
    expect([await response.text(), await fetched.text()]).to.deep.equal(['mocked', 'mocked'])
  })

  it('answers a GET below an interceptor', async () => {
    const mock = mockAgent()
    mock.get('http://uploads.example').intercept({ path: '/files' }).reply(200, 'mocked')
    const dispatcher = mock.compose(expectContinue())
    const { body } = await request(url, { dispatcher })
    expect(await body.text()).to.equal('mocked')
  })

  it('answers below the threshold in front of an ExpectAgent', async () => {
    const mock = new MockAgent({ agent: agentFor() })
    mock.disableNetConnect()
    mock
      .get('http://uploads.example')
      .intercept({ path: '/files', method: 'PUT' })
      .reply(201, 'mocked')
    const { body } = await request(url, { method: 'PUT', body: 'abc', dispatcher: mock })
    expect(await body.text()).to.equal('mocked')
  })

  it('gets no expectation from upload and fetch, so that it can answer large content', async () => {
    const mock = mockAgent()
    const body = 'x'.repeat(2_000_000)
    const pool = mock.get('http://uploads.example')
    pool.intercept({ path: '/files', method: 'PUT', body }).reply(201, 'mocked').times(2)
    const { response, report } = await upload(url, body, { dispatcher: mock })
    const fetched = await fetch(url, { method: 'PUT', body, dispatcher: mock })
    expect([await response.text(), await fetched.text()]).to.deep.equal(['mocked', 'mocked'])
    expect(report).to.include({ asked: false, reason: 'never' })
  })
})
