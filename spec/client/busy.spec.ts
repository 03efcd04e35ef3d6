import { expect } from 'chai'
import { Agent, type Dispatcher, MockAgent, request } from 'undici'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { upload } from '../../lib/client/upload.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf, noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { RecordingHandler } from '../support/handler.ts'
import { origin, type Script } from '../support/origin.ts'

/** Answers this status, to requests without an expectation. */
function answering(status: number, times = 1): Script {
  return async (wire) => {
    for (let time = 0; time < times; time++) {
      const head = await wire.head()
      expect(head).not.to.match(/^expect:/im)
      await wire.content(head)
      wire.send(`HTTP/1.1 ${status} As Scripted`, 'content-length: 0')
    }
  }
}

function busyAt(url: string): RouteMemory {
  const memory = new RouteMemory()
  memory.remember(new URL(url).origin, 'busy')
  return memory
}

function opened<D extends Dispatcher>(dispatcher: D): D {
  closeLater(() => dispatcher.destroy())
  return dispatcher
}

describe('what makes a route busy', () => {
  const without: readonly (readonly [string, Partial<Dispatcher.DispatchOptions>])[] = [
    ['a GET', { method: 'GET' }],
    ['a PUT without content', { method: 'PUT' }],
    ['a PUT of an empty string', { method: 'PUT', body: '' }],
  ]
  for (const [name, options] of without) {
    it(`is not a 503 to ${name}`, async () => {
      const peer = await origin(answering(503))
      const memory = new RouteMemory()
      const dispatcher = agentFor({ memory })
      const { body } = await request(peer.url, { ...options, dispatcher })
      await body.dump()
      expect(memory.list()).to.deep.equal([])
      await peer.done
    })
  }

  for (const [name, body] of [
    ['a string', 'abc'],
    ['a Buffer', Buffer.from('abc')],
    ['a Uint8Array', new Uint8Array(3)],
  ] as const) {
    it(`is a 503 to ${name}, which undici sends itself`, async () => {
      const peer = await origin(answering(503))
      const memory = new RouteMemory()
      await request(peer.url, { method: 'PUT', body, dispatcher: agentFor({ memory }) })
      expect(memory.recall(new URL(peer.url).origin)).to.deep.equal(['busy'])
      await peer.done
    })
  }
})

describe('the route of an upload', () => {
  for (const named of [
    (url: string) => new URL(url),
    (url: string) => url.replace('//', '//a:b@'),
  ]) {
    it(`is its origin, given as ${named('http://uploads.example')}`, async () => {
      const peer = await origin(answering(503))
      const memory = new RouteMemory()
      const handler = new RecordingHandler()
      const { origin: base } = new URL(peer.url)
      const request = { origin: named(base), path: '/', method: 'PUT', body: 'abc' } as const
      agentFor({ memory }).dispatch(request, handler)
      await handler.ended
      expect(memory.list().map(({ route }) => route)).to.deep.equal([base])
      await peer.done
    })
  }
})

describe('a busy route whose connections have no gates', () => {
  for (const [name, body] of [
    ['a string', (): string => 'abc'],
    ['a stream of known length', chunks],
  ] as const) {
    it(`gets ${name} without an expectation`, async () => {
      const peer = await origin(answering(201))
      const memory = busyAt(peer.url)
      const dispatcher = opened(new Agent()).compose(expectContinue({ memory }))
      const headers = { 'content-length': String(Buffer.byteLength([...body()].join(''))) }
      const { statusCode } = await request(peer.url, {
        method: 'PUT',
        headers,
        body: body() as string,
        dispatcher,
      })
      expect(statusCode).to.equal(201)
      expect(memory.list()).to.deep.equal([])
      await peer.done
    })
  }

  it('gets an upload without an expectation, which the report says', async () => {
    const peer = await origin(answering(201))
    const memory = busyAt(peer.url)
    const { response, report } = await upload(peer.url, chunksOf(noise(1000)), {
      headers: { 'content-length': '1000' },
      dispatcher: opened(new Agent()),
      memory,
    })
    expect(response.status).to.equal(201)
    expect(report).to.include({ asked: false, reason: 'below-threshold', outcome: 'not-asked' })
    expect(report.sentBytes).to.equal(1000)
    await peer.done
  })

  it('works with a mock', async () => {
    const mock = new MockAgent()
    closeLater(() => mock.close())
    mock.disableNetConnect()
    mock.get('http://busy.example').intercept({ path: '/', method: 'PUT', body: 'abc' }).reply(201)
    const memory = busyAt('http://busy.example')
    const { response } = await upload('http://busy.example/', 'abc', { dispatcher: mock, memory })
    expect(response.status).to.equal(201)
  })
})

function* chunks(): Generator<string> {
  yield* 'abc'
}
