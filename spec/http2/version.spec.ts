import { connect, createServer as createTcpServer } from 'node:net'
import { createServer } from 'node:tls'
import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { noise } from '../support/contents.ts'
import { agentFor, fetches, ownFaces } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { listening } from '../support/listening.ts'
import { type Front, type Play, protocols, tlsFront } from '../support/tls-front.ts'

const large = noise(100_000)
const small = noise(500)
const threshold = 1000

/** Answers with the HTTP version of the request. */
const play: Play = (request, response) => {
  response.writeContinue()
  request.resume()
  request.on('end', () => response.end(request.httpVersion))
}

async function* chunks(): AsyncGenerator<Buffer> {
  yield small
}

interface Row {
  readonly content: string
  make(): Buffer | AsyncGenerator<Buffer>
  readonly expect: 'auto' | 'never'
  readonly allowH2?: boolean
  /** By the protocols of the origin. */
  readonly version: string
}

const rows: readonly Row[] = [
  { content: 'large content', make: () => large, expect: 'auto', version: '1.1' },
  {
    content: 'large content without an expectation',
    make: () => large,
    expect: 'never',
    version: '1.1',
  },
  { content: 'content of unknown length', make: chunks, expect: 'auto', version: '1.1' },
  { content: 'small content', make: () => small, expect: 'auto', version: '2.0' },
  {
    content: 'large content, allowH2: true',
    make: () => large,
    expect: 'auto',
    allowH2: true,
    version: '2.0',
  },
  {
    content: 'small content, allowH2: false',
    make: () => small,
    expect: 'auto',
    allowH2: false,
    version: '1.1',
  },
]

/**
 * Accepts handshakes that do not offer HTTP/2, selects no protocol, and closes the connection, as nghttpd does;
 * Node's own server rejects them.
 */
async function lenient(front: Front): Promise<string> {
  const { key, cert } = await identity()
  const leaving = await listening(createServer({ key, cert }, (socket) => socket.end()))
  const server = createTcpServer((client) => {
    client.once('data', (hello: Buffer) => {
      const offersHttp2 = hello.includes('\u0002h2')
      const upstream = connect(offersHttp2 ? Number(new URL(front.url).port) : leaving, '127.0.0.1')
      upstream.write(hello)
      client.pipe(upstream).pipe(client)
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('error', () => {})
        one.on('close', () => other.destroy())
      }
    })
    client.on('error', () => {})
  })
  return `https://127.0.0.1:${await listening(server)}`
}

describe('the HTTP version', () => {
  for (const { content, make, expect: asks, allowH2, version } of rows) {
    for (const face of ownFaces) {
      it(`is ${version} for ${content}: ${face.name}`, async () => {
        const front = await tlsFront(['h2', 'http/1.1'], play)
        const options = { threshold, expect: asks, connect: { ca: front.ca } }
        const send = face.open({ ...options, ...(allowH2 !== undefined && { allowH2 }) })
        for (const time of ['first', 'second']) {
          const { status, text } = await send(front.url, make(), { method: 'PUT' })
          expect({ status, text }, time).to.eql({ status: 200, text: version })
        }
        expect(front.connections).to.equal(1)
      })
    }
  }

  for (const face of ownFaces) {
    it(`is 2.0 if the origin supports nothing else, which is remembered: ${face.name}`, async () => {
      const front = await tlsFront(['h2'], play)
      const memory = new RouteMemory()
      const send = face.open({ threshold, memory, connect: { ca: front.ca } })
      for (const content of [chunks(), large, chunks()]) {
        const { status, text, report } = await send(front.url, content, { method: 'PUT' })
        expect({ status, text }).to.eql({ status: 200, text: '2.0' })
        if (report !== undefined) expect(report.outcome).to.equal('continued')
      }
      // Only the first handshake fails.
      expect(front.connections).to.equal(1)
      expect(memory.recall(front.url)).to.eql(['http2-only'])
    })
  }

  for (const asks of ['auto', 'never'] as const) {
    for (const face of ownFaces) {
      it(`is 2.0 if the origin selects no protocol and closes, ${asks}: ${face.name}`, async () => {
        const front = await tlsFront(['h2'], play)
        const url = await lenient(front)
        const memory = new RouteMemory()
        const options = { threshold, memory, expect: asks, connect: { ca: front.ca } }
        const send = face.open(options)
        for (const content of [chunks(), large, chunks()]) {
          const { status, text } = await send(url, content, { method: 'POST' })
          expect({ status, text }).to.eql({ status: 200, text: '2.0' })
        }
        expect(memory.recall(url)).to.eql(['http2-only'])
      })
    }
  }

  for (const face of ownFaces) {
    it(`is 1.1 if the origin selects no protocol, without an expectation: ${face.name}`, async () => {
      const front = await tlsFront([], play)
      const memory = new RouteMemory()
      const options = { threshold, memory, expect: 'never', connect: { ca: front.ca } } as const
      const send = face.open(options)
      const first = chunks()
      for (const content of [first, large, chunks()]) {
        const { status, text, report } = await send(front.url, content, { method: 'POST' })
        expect({ status, text }).to.eql({ status: 200, text: '1.1' })
        const reasons = report?.attempts.map(({ reason }) => reason) ?? []
        expect(reasons).to.have.length.at.most(content === first ? 2 : 1)
      }
      expect(memory.recall(front.url)).to.eql(['http1'])
    })
  }

  it('is 2.0 for concurrent uploads if the origin supports nothing else', async () => {
    const front = await tlsFront(['h2'], play)
    const dispatcher = agentFor({ threshold, connect: { ca: front.ca } })
    const sent = Array.from({ length: 50 }, async (_, index) => {
      const content = index % 2 === 0 ? chunks() : small
      const { response } = await upload(front.url, content, { dispatcher, expect: 'always' })
      return response.text()
    })
    expect(new Set(await Promise.all(sent))).to.eql(new Set(['2.0']))
  })

  it('is an error if client and origin have none in common', async () => {
    const front = await tlsFront(['h2'], play)
    const dispatcher = agentFor({ threshold, allowH2: false, connect: { ca: front.ca } })
    const failure = await upload(front.url, large, { dispatcher }).catch((error) => error)
    expect(failure).to.have.property('code', 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')
  })

  it('is decided for each origin of a redirect', async () => {
    const last = await tlsFront(['h2'], play)
    const first = await tlsFront(['h2', 'http/1.1'], (_request, response) => {
      response.writeHead(307, { location: last.url })
      response.end()
    })
    const dispatcher = agentFor({ threshold, connect: { ca: [first.ca, last.ca] } })
    const { response, report } = await upload(first.url, chunks(), { dispatcher })
    expect(await response.text()).to.equal('2.0')
    expect(report.attempts.map(({ httpVersion }) => httpVersion)).to.eql(['1.1', null, '2.0'])
  })

  for (const [name, offered] of Object.entries(protocols)) {
    it(`is reported: ${name}`, async () => {
      const front = await tlsFront(offered, play)
      const dispatcher = agentFor({ threshold, allowH2: true, connect: { ca: front.ca } })
      const { response, report } = await upload(front.url, large, { dispatcher })
      expect(await response.text()).to.equal(report.attempts[0]?.httpVersion)
    })
  }

  it('is 1.1 for large content of the process’s own fetch after install()', async () => {
    const front = await tlsFront(['h2', 'http/1.1'], play)
    const installed = fetches.find(({ name }) => name.includes('install'))
    const send = installed?.open({ threshold, connect: { ca: front.ca } })
    const outcome = await send?.(front.url, large, { method: 'PUT' })
    expect(outcome?.text).to.equal('1.1')
  })
})
