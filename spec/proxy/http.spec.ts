import { createServer } from 'node:https'
import { expect } from 'chai'
import { request } from 'undici'
import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import { type UploadResult, upload } from '../../lib/client/upload.ts'
import { UploadError } from '../../lib/errors.ts'
import type { ProxyOptions } from '../../lib/proxy/server.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { anotherIdentity, type Identity, identity } from '../support/identity.ts'
import { httpProxy, type ProxyBehaviour, type TestProxy } from '../support/proxies.ts'
import { receiver } from '../support/receiver.ts'

const bytes = noise(200_000)
const digest = sha256(bytes)
const credentials = { username: 'us%er', password: 'p:ss wörd' }
const basic = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`

/** Content that can be read once, and how many of its two chunks were read. */
class OneShot {
  chunks = 0
  readonly source: AsyncGenerator<Buffer> = this.#halves()

  async *#halves(): AsyncGenerator<Buffer> {
    for (const half of [bytes.subarray(0, 100_000), bytes.subarray(100_000)]) {
      this.chunks += 1
      yield half
    }
  }
}

/** An origin and a proxy in front of it, each with TLS or without. */
interface Scene {
  readonly origin: TestOrigin
  readonly proxy: TestProxy
  /** The options of an agent that uses the proxy. */
  readonly options: Omit<ExpectAgentOptions, 'proxy'> & { proxy: ProxyOptions & { url: string } }
}

interface Way {
  readonly name: string
  readonly proxyTls: boolean
  readonly originTls: boolean
}

const ways: readonly Way[] = [
  { name: 'http through an HTTP proxy', proxyTls: false, originTls: false },
  { name: 'https through an HTTP proxy', proxyTls: false, originTls: true },
  { name: 'http through an HTTPS proxy', proxyTls: true, originTls: false },
  { name: 'https through an HTTPS proxy', proxyTls: true, originTls: true },
]

let secrets: { proxy: Identity; origin: Identity }

async function scene({ proxyTls, originTls }: Way, habits: ProxyBehaviour = {}): Promise<Scene> {
  const origin = await startOrigin(originTls ? { tls: secrets.origin } : {})
  closeLater(() => origin.close())
  const proxy = await httpProxy(proxyTls ? { ...habits, identity: secrets.proxy } : habits)
  const url = `${proxyTls ? 'https' : 'http'}://${proxy.host}`
  return {
    origin,
    proxy,
    options: {
      // The wait may only run out with a silent origin.
      continueTimeout: 60_000,
      threshold: 1,
      connect: { ca: secrets.origin.cert },
      proxy: proxyTls ? { url, tls: { ca: secrets.proxy.cert } } : { url },
    },
  }
}

function send(
  { origin }: Scene,
  options: ExpectAgentOptions,
  content: AsyncGenerator<Buffer> = new OneShot().source,
): Promise<UploadResult> {
  const dispatcher = agentFor(options)
  return upload(`${origin.url}/file?q=1`, content, { dispatcher })
}

/** What the origin received, one line per request. */
function received({ requests }: TestOrigin): string[] {
  return requests.map(({ asked, sha256: sum, bytes: count, headers }) => {
    const what = sum === digest ? 'all' : `${count} bytes`
    const secret = headers['proxy-authorization'] === undefined ? '' : ', and the credentials'
    return `${asked ? 'asked' : 'not asked'}, ${what}${secret}`
  })
}

function failureOf(sent: Promise<UploadResult>): Promise<UploadError> {
  return sent.then(
    ({ response }) => expect.fail(`There was an answer, ${response.status}`),
    (error) => {
      expect(error).to.be.instanceOf(UploadError)
      return error
    },
  )
}

describe('an ExpectAgent with an HTTP proxy', () => {
  before(async () => {
    secrets = { proxy: await identity(), origin: await anotherIdentity() }
  })

  for (const way of ways) {
    const line = way.originTls ? /^CONNECT 127\.0\.0\.1:\d+ HTTP/ : /^PUT http:\/\/127.*\?q=1 HTTP/

    describe(`sends ${way.name}`, () => {
      it('after a 100', async () => {
        const at = await scene(way)
        const { response, report } = await send(at, at.options)
        expect([response.status, report.outcome]).to.eql([201, 'continued'])
        expect(received(at.origin)).to.eql(['asked, all'])
        expect(at.proxy.heads).to.have.length(1)
        expect(at.proxy.heads[0]).to.match(line)
      })

      it('after silence, which is remembered for the proxy and the origin together', async () => {
        const at = await scene(way)
        at.origin.mode = 'silent'
        const memory = new RouteMemory()
        const { report } = await send(at, { ...at.options, memory, continueTimeout: 20 })
        expect(report.outcome).to.equal('silent')
        expect(received(at.origin)).to.eql(['asked, all'])
        expect(memory.recall(`${at.options.proxy.url} ${at.origin.url}`)).to.eql(['silent'])
        expect(memory.recall(at.origin.url)).to.eql([])
      })

      it('again after a 417, without the expectation', async () => {
        const at = await scene(way)
        at.origin.mode = 417
        const { response, report } = await send(at, at.options)
        expect([response.status, report.outcome]).to.eql([201, 'replayed'])
        expect(received(at.origin)).to.eql(['asked, 0 bytes', 'not asked, all'])
      })

      it('nothing after a 413', async () => {
        const at = await scene(way)
        at.origin.mode = 413
        const content = new OneShot()
        const { response, report } = await send(at, at.options, content.source)
        expect([response.status, report.outcome]).to.eql([413, 'refused'])
        expect(received(at.origin)).to.eql(['asked, 0 bytes'])
      })

      it('with proxy credentials, which the origin does not get', async () => {
        const at = await scene(way, { requires: basic })
        const proxy = { ...at.options.proxy, credentials }
        const { response } = await send(at, { ...at.options, proxy })
        expect(response.status).to.equal(201)
        expect(received(at.origin)).to.eql(['asked, all'])
        expect(at.proxy.heads).to.have.length(1)
      })

      it('with the credentials in the proxy URL', async () => {
        const at = await scene(way, { requires: basic })
        const url = new URL(at.options.proxy.url)
        url.username = encodeURIComponent(credentials.username)
        url.password = encodeURIComponent(credentials.password)
        const { response } = await send(at, { ...at.options, proxy: { ...at.options.proxy, url } })
        expect(response.status).to.equal(201)
      })

      it('with fields for the proxy', async () => {
        const at = await scene(way)
        const proxy = { ...at.options.proxy, headers: { 'Proxy-Note': 'hello' } }
        await send(at, { ...at.options, proxy })
        expect(at.proxy.heads[0]).to.match(/^Proxy-Note: hello\r$/m)
        expect(at.origin.requests[0]?.headers).not.to.have.property('proxy-note')
      })

      it('bypassing the proxy according to noProxy', async () => {
        const at = await scene(way)
        const memory = new RouteMemory()
        at.origin.mode = 417
        const proxy = { ...at.options.proxy, noProxy: 'a.test, 127.0.0.1' }
        const { response } = await send(at, { ...at.options, memory, proxy })
        expect(response.status).to.equal(201)
        expect(at.proxy.heads).to.eql([])
        expect(memory.recall(at.origin.url)).to.eql(['417'])
      })

      it('nothing to a proxy port on which no server listens', async () => {
        const at = await scene(way)
        const content = new OneShot()
        // No server listens on port 1.
        const url = `${way.proxyTls ? 'https' : 'http'}://127.0.0.1:1`
        const sent = send(at, { ...at.options, proxy: { url } }, content.source)
        const error = await failureOf(sent)
        expect(error).to.include({ code: 'ERR_EXPECT_PROXY', phase: 'connecting', attempt: 1 })
        expect(error.cause).to.have.property('code', 'ECONNREFUSED')
        expect(error.message).to.contain(`The proxy ${url} could not be used: connect ECONNREFUSED`)
        expect([content.chunks, received(at.origin)]).to.eql([0, []])
      })

      it('from the localAddress of its agent', async () => {
        const at = await scene(way)
        await send(at, { ...at.options, localAddress: '127.0.0.2' })
        expect(at.proxy.clients).to.eql(['127.0.0.2'])
      })

      it('requests without content', async () => {
        const at = await scene(way)
        const dispatcher = agentFor(at.options)
        const { statusCode, body } = await request(at.origin.url, { dispatcher })
        await body.dump()
        expect(statusCode).to.equal(201)
        expect(at.proxy.heads).to.have.length(1)
      })
    })
  }

  for (const way of ways.filter(({ originTls }) => !originTls)) {
    it(`returns a 407, with the content unread: ${way.name}`, async () => {
      const at = await scene(way, { requires: basic })
      const content = new OneShot()
      const { response, report } = await send(at, at.options, content.source)
      expect([response.status, report.outcome, report.sentBytes]).to.eql([407, 'refused', 0])
      expect(response.headers.get('proxy-authenticate')).to.equal('Basic realm="proxy"')
      expect(received(at.origin)).to.eql([])
    })

    it(`keeps the request's own Proxy-Authorization: ${way.name}`, async () => {
      const at = await scene(way, { requires: 'Bearer 1' })
      const proxy = { ...at.options.proxy, credentials }
      const dispatcher = agentFor({ ...at.options, proxy })
      const headers = { 'Proxy-Authorization': 'Bearer 1' }
      const { statusCode, body } = await request(at.origin.url, { dispatcher, headers })
      await body.dump()
      expect(statusCode).to.equal(201)
    })
  }

  for (const way of ways.filter(({ originTls }) => originTls)) {
    describe(`makes a tunnel, ${way.name},`, () => {
      it('without an expectation, and without fields for the origin', async () => {
        const at = await scene(way)
        const dispatcher = agentFor(at.options)
        const headers = { authorization: 'Bearer 1', 'x-own': '1' }
        await upload(at.origin.url, bytes, { dispatcher, headers })
        const [head = ''] = at.proxy.heads
        const names = head
          .split('\r\n')
          .slice(1, -2)
          .map((field) => field.split(':')[0])
        expect(names).to.eql(['host', 'connection'])
      })

      it('once for several requests on a connection', async () => {
        const at = await scene(way)
        const { url, receipts } = await receiver(createServer(secrets.origin), 'https')
        const dispatcher = agentFor({ ...at.options, connections: 1 })
        for (let uploads = 0; uploads < 2; uploads++) {
          const { response } = await upload(url, bytes, { dispatcher })
          expect(await response.text()).to.equal(String(bytes.length))
        }
        expect(receipts.map(({ asked }) => asked)).to.eql([true, true])
        expect(at.proxy.heads).to.have.length(1)
      })

      for (const [what, given] of [
        ['no', undefined],
        ['wrong', { username: 'user', password: 'secret' }],
      ] as const) {
        it(`and fails with ${what} credentials, with the content unread`, async () => {
          const at = await scene(way, { requires: basic })
          const content = new OneShot()
          const own = given === undefined ? {} : { credentials: given }
          const options = { ...at.options, proxy: { ...at.options.proxy, ...own } }
          const error = await failureOf(send(at, options, content.source))
          expect(error).to.include({ code: 'ERR_EXPECT_PROXY', phase: 'connecting', sentBytes: 0 })
          expect(error.response).to.eql({ status: 407 })
          const { url } = at.options.proxy
          expect(error.message).to.contain(`The proxy ${url} answered 407 to CONNECT 127.0.0.1:`)
          expect(error.message).to.contain(what === 'no' ? 'give the proxy' : 'does not accept')
          expect(error.message).not.to.contain('secret')
          expect([content.chunks, received(at.origin)]).to.eql([0, []])
          expect(at.proxy.heads).to.have.length(1)
        })
      }

      for (const status of [403, 502, 503]) {
        it(`and fails for a ${status}`, async () => {
          const at = await scene(way, { instead: status })
          const error = await failureOf(send(at, at.options))
          expect(error).to.include({ code: 'ERR_EXPECT_PROXY' })
          expect(error.response).to.eql({ status })
          expect(at.proxy.heads).to.have.length(1)
        })
      }

      it('and retries according to the retry option', async () => {
        const at = await scene(way, { instead: 503 })
        const retry = { count: 2, minDelay: 1 }
        const error = await failureOf(send(at, { ...at.options, retry }))
        expect(error).to.include({ code: 'ERR_EXPECT_PROXY', attempt: 3 })
        expect(at.proxy.heads).to.have.length(3)
      })

      it('and shows the origin the client certificate of its agent', async () => {
        const at = await scene(way)
        const { key, cert } = secrets.proxy
        const tls = { ...secrets.origin, ca: cert, requestCert: true, rejectUnauthorized: true }
        const origin = await startOrigin({ tls })
        closeLater(() => origin.close())
        const known = { ...at.options.connect, key, cert }
        const { response } = await send({ ...at, origin }, { ...at.options, connect: known })
        expect(response.status).to.equal(201)
        const unknown = await send({ ...at, origin }, at.options).catch((error) => error)
        expect(unknown).to.be.an('error')
        expect(received(origin)).to.eql(['asked, all'])
      })

      it('and fails when the proxy closes the connection, after one fresh attempt', async () => {
        const at = await scene(way, { instead: 'leaving' })
        const error = await failureOf(send(at, at.options))
        expect(error).to.include({ code: 'ERR_EXPECT_PROXY', attempt: 2 })
        expect(error.cause).to.have.property('code', 'UND_ERR_SOCKET')
        expect(at.proxy.heads).to.have.length(2)
      })

      it('and fails when the proxy does not answer within connectTimeout', async () => {
        const at = await scene(way, { instead: 'silence' })
        const error = await failureOf(send(at, { ...at.options, connectTimeout: 50 }))
        expect(error).to.include({ code: 'ERR_EXPECT_PROXY', attempt: 1 })
        expect(error.message).to.contain('did not answer CONNECT within 50 ms')
        expect(error.cause).to.have.property('code', 'UND_ERR_CONNECT_TIMEOUT')
      })

      it('and retries after connectTimeout according to the retry option', async () => {
        const at = await scene(way, { instead: 'silence' })
        const retry = { count: 1, minDelay: 1 }
        const error = await failureOf(send(at, { ...at.options, retry, connectTimeout: 50 }))
        expect(error).to.include({ code: 'ERR_EXPECT_PROXY', attempt: 2 })
      })

      it('and rejects a request whose Proxy-Authorization would reach the origin', async () => {
        const at = await scene(way)
        const dispatcher = agentFor(at.options)
        const headers = { 'proxy-authorization': 'Bearer secret' }
        const failure = await request(at.origin.url, { dispatcher, headers }).catch(
          (error) => error,
        )
        expect(failure).to.be.instanceOf(TypeError)
        expect(failure.message).to.contain('would reach the origin').and.not.contain('secret')
        expect([at.proxy.heads, received(at.origin)]).to.eql([[], []])
      })
    })
  }
})
