import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { expect } from 'chai'
import {
  buildConnector,
  type Dispatcher,
  fetch,
  getGlobalDispatcher,
  Pool,
  pipeline,
  request,
  setGlobalDispatcher,
  stream,
} from 'undici'
import { ExpectAgent, type ExpectAgentOptions } from '../../lib/client/agent.ts'
import { gatedPool } from '../../lib/connection/pool.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { origin } from '../support/origin.ts'
import { receiver } from '../support/receiver.ts'

const bytes = noise(1_200_000)
const expected = { asked: true, version: '1.1', sha: sha256(bytes) }

type Put = (url: string, dispatcher: Dispatcher) => Promise<{ status: number; text: string }>

async function throughRequest(
  url: string,
  dispatcher?: Dispatcher,
): Promise<{ status: number; text: string }> {
  const init = { method: 'PUT' as const, body: bytes }
  const { statusCode, body } = await request(url, dispatcher ? { ...init, dispatcher } : init)
  return { status: statusCode, text: await body.text() }
}

const throughStream: Put = async (url, dispatcher) => {
  let status = 0
  const written: Buffer[] = []
  const body = Readable.from(chunksOf(bytes))
  await stream(url, { method: 'PUT', body, dispatcher }, ({ statusCode }) => {
    status = statusCode
    return new Writable({
      write: (chunk: Buffer, _encoding, callback) => {
        written.push(chunk)
        callback()
      },
    })
  })
  return { status, text: Buffer.concat(written).toString() }
}

const throughPipeline: Put = async (url, dispatcher) => {
  let status = 0
  const duplex = pipeline(url, { method: 'PUT', dispatcher }, ({ statusCode, body }) => {
    status = statusCode
    return body
  })
  Readable.from(chunksOf(bytes)).pipe(duplex)
  const read: Buffer[] = []
  for await (const chunk of duplex) read.push(chunk as Buffer)
  return { status, text: Buffer.concat(read).toString() }
}

const throughFetch: Put = async (url, dispatcher) => {
  const response = await fetch(url, { method: 'PUT', body: bytes, dispatcher })
  return { status: response.status, text: await response.text() }
}

const throughStreamingFetch: Put = async (url, dispatcher) => {
  const body = Readable.from(chunksOf(bytes))
  const response = await fetch(url, { method: 'PUT', body, duplex: 'half', dispatcher })
  return { status: response.status, text: await response.text() }
}

const throughTheGlobalDispatcher: Put = async (url, dispatcher) => {
  const before = getGlobalDispatcher()
  closeLater(() => setGlobalDispatcher(before))
  setGlobalDispatcher(dispatcher)
  return throughRequest(url)
}

const puts: Record<string, Put> = {
  request: throughRequest,
  stream: throughStream,
  pipeline: throughPipeline,
  fetch: throughFetch,
  'fetch with a stream': throughStreamingFetch,
  'request with setGlobalDispatcher': throughTheGlobalDispatcher,
}

function socketFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  closeLater(() => rmSync(directory, { recursive: true }))
  return join(directory, 'socket')
}

describe('ExpectAgent', () => {
  for (const [name, put] of Object.entries(puts)) {
    it(`sends an expectation for undici's ${name}`, async () => {
      const { url, receipts } = await receiver(createServer(), 'http')
      const outcome = await put(url, agentFor())
      expect(outcome).to.eql({ status: 201, text: String(bytes.length) })
      const seen = receipts.map(({ asked, version, content }) => ({
        asked,
        version,
        sha: sha256(content),
      }))
      expect(seen).to.eql([expected])
    })
  }

  it('sends content while it reads the response of an origin that echoes', async () => {
    const peer = await origin(async (wire) => {
      expect(await wire.head()).to.match(/^expect: 100-continue\r$/im)
      wire.send('HTTP/1.1 100 Continue')
      for (let chunk = 0; chunk < 3; chunk++) {
        await wire.until(`chunk ${chunk}`)
        if (chunk === 0) wire.send('HTTP/1.1 200 OK', 'transfer-encoding: chunked')
        wire.raw(`7\r\nchunk ${chunk}\r\n`)
      }
      await wire.until('\r\n0\r\n\r\n')
      wire.raw('0\r\n\r\n')
    })
    const dispatcher = agentFor()
    const duplex = pipeline(peer.url, { method: 'POST', dispatcher }, ({ body }) => body)
    const echoes: string[] = []
    for (let chunk = 0; chunk < 3; chunk++) {
      duplex.write(`chunk ${chunk}`)
      const [echo] = (await once(duplex, 'data')) as [Buffer]
      echoes.push(echo.toString())
    }
    duplex.end()
    await once(duplex, 'end')
    expect(echoes).to.eql(['chunk 0', 'chunk 1', 'chunk 2'])
    await peer.done
  })

  const ways: { name: string; options: (path: string) => ExpectAgentOptions }[] = [
    { name: 'connect: { socketPath }', options: (socketPath) => ({ connect: { socketPath } }) },
    { name: 'socketPath', options: (socketPath) => ({ socketPath }) as ExpectAgentOptions },
    {
      name: 'a connect function',
      options: (socketPath) => ({ connect: buildConnector({ socketPath }) }),
    },
    {
      name: 'a factory that uses gatedPool',
      options: (socketPath) => ({
        factory: (url, options) => gatedPool(url, { ...options, connect: { socketPath } }),
      }),
    },
  ]
  for (const { name, options } of ways) {
    it(`sends an expectation over a Unix socket that is given with ${name}`, async () => {
      const path = socketFile()
      const { url, receipts } = await receiver(createServer(), 'http', path)
      const outcome = await throughRequest(url, agentFor(options(path)))
      expect(outcome).to.eql({ status: 201, text: String(bytes.length) })
      expect(receipts.map(({ asked }) => asked)).to.eql([true])
    })
  }

  it('sends an expectation over TLS, with a custom ca', async () => {
    const secret = await identity()
    const { url, receipts } = await receiver(createTlsServer(secret), 'https')
    const outcome = await throughRequest(url, agentFor({ connect: { ca: secret.cert } }))
    expect(outcome).to.eql({ status: 201, text: String(bytes.length) })
    expect(receipts.map(({ asked, content }) => [asked, sha256(content)])).to.eql([
      [true, expected.sha],
    ])
  })

  it("rejects with the connection's error without a trusted certificate", async () => {
    const { url, receipts } = await receiver(createTlsServer(await identity()), 'https')
    const failure = await throughRequest(url, agentFor()).catch((error) => error)
    expect(failure).to.have.property('code', 'DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(receipts).to.eql([])
  })

  for (const [allowH2, version] of [
    [true, '2.0'],
    [undefined, '1.1'],
    [false, '1.1'],
  ] as const) {
    it(`uses HTTP/${version} for an upload with an expectation, with allowH2: ${allowH2}`, async () => {
      const secret = await identity()
      const server = createSecureServer({ ...secret, allowHTTP1: true })
      const { url, receipts } = await receiver(server, 'https')
      const connect = { ca: secret.cert }
      const dispatcher = agentFor({ connect, ...(allowH2 !== undefined && { allowH2 }) })
      const outcome = await throughRequest(url, dispatcher)
      expect(outcome).to.eql({ status: 201, text: String(bytes.length) })
      const seen = receipts.map(({ method, version, asked }) => `${method} ${version} ${asked}`)
      expect(seen).to.eql([`PUT ${version} true`])
    })
  }

  it('fails an upload with an expectation if a custom factory makes no gates', async () => {
    const { url, receipts } = await receiver(createServer(), 'http')
    const dispatcher = agentFor({ factory: (base, options) => new Pool(base, options) })
    const failure = await throughRequest(url, dispatcher).catch((error) => error)
    expect(failure).to.have.property('code', 'ERR_EXPECT_NO_GATE')
    expect(receipts).to.eql([])
  })
})

describe("ExpectAgent's options", () => {
  const wrong: { options: object; names: RegExp }[] = [
    { options: { expect: 'sometimes' }, names: /'expect'/ },
    { options: { threshold: -1 }, names: /'threshold'/ },
    { options: { threshold: '1' }, names: /'threshold'/ },
    { options: { continueTimeout: Number.NaN }, names: /'continueTimeout'/ },
    { options: { continueTimeout: 2 ** 31 }, names: /'continueTimeout'/ },
    { options: { replayWindow: 1.5 }, names: /'replayWindow'/ },
    { options: { rescueTimeout: null }, names: /'rescueTimeout'/ },
    { options: { memory: true }, names: /'memory'/ },
  ]
  for (const { options, names } of wrong) {
    it(`are rejected with a TypeError when they are ${JSON.stringify(options)}`, () => {
      expect(() => new ExpectAgent(options)).to.throw(TypeError, names)
    })
  }

  it("are checked by undici if they are undici's", () => {
    expect(() => new ExpectAgent({ maxOrigins: -1 })).to.throw(/maxOrigins/)
  })
})
