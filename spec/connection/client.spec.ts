import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import {
  type ClientHttp2Stream,
  createServer as createH2cServer,
  createSecureServer,
} from 'node:http2'
import { expect } from 'chai'
import { Agent, buildConnector, Client, type Dispatcher, Pool, request } from 'undici'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { upload } from '../../lib/client/upload.ts'
import { gatedPool } from '../../lib/connection/pool.ts'
import { UploadError } from '../../lib/errors.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { identity } from '../support/identity.ts'
import { origin, tlsOrigin } from '../support/origin.ts'
import { receiver } from '../support/receiver.ts'

const asking = { method: 'PUT', headers: { expect: '100-continue' } } as const

function opened<D extends Dispatcher>(dispatcher: D): D {
  closeLater(() => dispatcher.destroy())
  return dispatcher
}

function composed(options: Agent.Options): Dispatcher.ComposedDispatcher {
  return opened(new Agent(options)).compose(expectContinue({ memory: new RouteMemory() }))
}

const overTls = async (): Promise<{ connect: { ca: string } }> => ({
  connect: { ca: (await identity()).cert },
})

describe('gatedPool', () => {
  it('lets an agent send an expectation, hold the content back and replay after a 417', async () => {
    const peer = await origin(
      async (wire) => {
        expect(await wire.head()).to.match(/^expect: 100-continue\r$/im)
        wire.send('HTTP/1.1 417 Expectation Failed', 'content-length: 0')
        expect((await wire.closed()).length).to.equal(0)
      },
      async (wire) => {
        const head = await wire.head()
        expect(head).not.to.match(/^expect:/im)
        expect((await wire.content(head)).toString()).to.equal('abc')
        wire.send('HTTP/1.1 201 Created', 'content-length: 0')
      },
    )
    const dispatcher = composed({ factory: gatedPool })
    const { statusCode } = await request(peer.url, { ...asking, body: 'abc', dispatcher })
    expect(statusCode).to.equal(201)
    await peer.done
  })

  const functions: { name: string; scheme: 'http' | 'https' }[] = [
    { name: 'TCP', scheme: 'http' },
    { name: 'TLS', scheme: 'https' },
  ]
  for (const { name, scheme } of functions) {
    it(`puts a gate on a connection of a custom connect function over ${name}`, async () => {
      const peer = await (scheme === 'http' ? origin : tlsOrigin)(async (wire) => {
        const head = await wire.head()
        expect(head).to.match(/^expect: 100-continue\r$/im)
        wire.send('HTTP/1.1 100 Continue')
        expect((await wire.content(head)).toString()).to.equal('abc')
        wire.send('HTTP/1.1 201 Created', 'content-length: 0')
      })
      const { connect: trust } = await overTls()
      const build = buildConnector({ ...trust, allowH2: false })
      let calls = 0
      const connect: buildConnector.connector = (target, callback) => {
        calls += 1
        build(target, callback)
      }
      const dispatcher = composed({ factory: gatedPool, connect })
      const { statusCode } = await request(peer.url, { ...asking, body: 'abc', dispatcher })
      expect({ statusCode, calls }).to.eql({ statusCode: 201, calls: 1 })
      await peer.done
    })
  }

  it('passes on the error of a connect function', async () => {
    const reason = new Error('no way there')
    const connect: buildConnector.connector = (_target, callback) => callback(reason, null)
    const dispatcher = composed({ factory: gatedPool, connect })
    const failure = await request('http://127.0.0.1:9/', {
      ...asking,
      body: 'abc',
      dispatcher,
    }).catch((error) => error)
    expect(failure).to.equal(reason)
  })

  it('sends an expectation over HTTP/2 without TLS', async () => {
    const { url, receipts } = await receiver(createH2cServer(), 'http')
    const dispatcher = composed({ factory: gatedPool, useH2c: true } as Agent.Options)
    const { statusCode } = await request(url, { ...asking, body: 'abc', dispatcher })
    expect(statusCode).to.equal(201)
    expect(receipts.map(({ version, asked }) => `${version} ${asked}`)).to.eql(['2.0 true'])
  })

  it('does not change streams of requests that are not uploads, except for their end', async () => {
    const server = createSecureServer({ ...(await identity()), allowHTTP1: true })
    const { url, receipts } = await receiver(server, 'https')
    const streams: ClientHttp2Stream[] = []
    const onStream = (message: unknown): void => {
      streams.push((message as { stream: ClientHttp2Stream }).stream)
    }
    subscribe('http2.client.stream.created', onStream)
    closeLater(() => unsubscribe('http2.client.stream.created', onStream))
    const agent = opened(new Agent({ factory: gatedPool, ...(await overTls()) }))
    const { statusCode } = await request(url, { method: 'PUT', body: 'abc', dispatcher: agent })
    expect(statusCode).to.equal(201)
    expect(receipts.map(({ version }) => version)).to.eql(['2.0'])
    const own = streams.map((stream) => Object.keys(stream).filter((name) => names.has(name)))
    expect(own).to.eql([['close']])
  })
})

const names = new Set(['_write', '_writev', '_final', 'close'])

describe('expectContinue above connections without gates', () => {
  const factories: { name: string; options: Agent.Options }[] = [
    { name: 'a plain Agent', options: {} },
    { name: 'an Agent with one connection', options: { connections: 1 } },
    { name: 'a factory of pools', options: { factory: (url, options) => new Pool(url, options) } },
    {
      name: 'a factory of clients',
      options: { factory: (url, options) => new Client(url, options) },
    },
  ]
  for (const { name, options } of factories) {
    it(`fails an upload with an expectation before anything is sent, on ${name}`, async () => {
      const peer = await origin(async (wire) => {
        expect((await wire.closed()).toString()).to.equal('')
      })
      const dispatcher = composed(options)
      const body = noise(2_000_000)
      const failure = await request(peer.url, { method: 'PUT', body, dispatcher }).catch((e) => e)
      expect(failure).to.be.instanceOf(UploadError)
      expect(failure).to.include({
        code: 'ERR_EXPECT_NO_GATE',
        phase: 'connecting',
        sentBytes: 0,
        attempt: 1,
        response: null,
      })
      expect(failure.message)
        .to.match(/ExpectAgent/)
        .and.match(/factory: gatedPool/)
      await peer.done
    })

    it(`sends an upload below the threshold on ${name}`, async () => {
      const { url, receipts } = await receiver(createServer(), 'http')
      const { statusCode } = await request(url, {
        method: 'PUT',
        body: 'abc',
        dispatcher: composed(options),
      })
      expect(statusCode).to.equal(201)
      expect(receipts.map(({ asked, content }) => [asked, String(content)])).to.eql([
        [false, 'abc'],
      ])
    })
  }

  it('fails upload() with a plain Agent as its dispatcher', async () => {
    const peer = await origin(async (wire) => {
      expect((await wire.closed()).toString()).to.equal('')
    })
    const failure = await upload(peer.url, noise(2_000_000), {
      dispatcher: opened(new Agent()),
    }).catch((error) => error)
    expect(failure).to.be.instanceOf(UploadError).with.property('code', 'ERR_EXPECT_NO_GATE')
    await peer.done
  })
})
