import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect } from 'chai'
import { Agent, type Dispatcher, interceptors, RetryAgent, request } from 'undici'
import { upload } from '../../lib/index.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'
import { origin, type Script } from '../support/origin.ts'
import { goAhead, response } from '../support/responses.ts'
import { tlsFront } from '../support/tls-front.ts'

const bytes = noise(200_000)

/** Answers before the content, or after it has arrived. */
type Answer = (response: ServerResponse, path: string) => void

/** A server whose first response differs from later ones. */
async function once(first: Answer, early: boolean): Promise<{ url: string; stored: string[] }> {
  const stored: string[] = []
  let count = 0
  const serve = (asked: boolean) => (message: IncomingMessage, answer: ServerResponse) => {
    const number = count++
    if (number === 0 && early) {
      first(answer, message.url ?? '')
      return
    }
    if (asked) answer.writeContinue()
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('end', () => {
      if (number === 0) {
        first(answer, message.url ?? '')
        return
      }
      stored.push(sha256(Buffer.concat(chunks)))
      answer.end('stored')
    })
  }
  const server = createServer().on('request', serve(false)).on('checkContinue', serve(true))
  const port = await listening(server)
  return { url: `http://127.0.0.1:${port}/upload`, stored }
}

async function* generate(): AsyncGenerator<Buffer> {
  yield* chunksOf(bytes)
}

const retry = interceptors.retry({ minTimeout: 1, maxRetries: 2 })
const firsts: readonly [string, Dispatcher.DispatcherComposeInterceptor, Answer][] = [
  ['retry after a 503', retry, (answer) => void answer.writeHead(503).end('busy')],
  [
    'redirect after a 307',
    interceptors.redirect({ maxRedirections: 3 }),
    (answer) => void answer.writeHead(307, { location: '/moved' }).end('moved'),
  ],
  [
    'redirect after a 308',
    interceptors.redirect({ maxRedirections: 3 }),
    (answer) => void answer.writeHead(308, { location: '/moved' }).end('moved'),
  ],
]

describe('undici above an ExpectAgent, with one-shot content', () => {
  for (const [name, interceptor, first] of firsts) {
    for (const early of [true, false]) {
      for (const expects of ['always', 'never'] as const) {
        const when = early ? 'before' : 'behind'
        it(`never stores a part of the content as the whole: ${name} ${when} the content, ${expects}`, async () => {
          const { url, stored } = await once(first, early)
          const agent = agentFor({ expect: expects, continueTimeout: 60_000 })
          const dispatcher = agent.compose(interceptor)
          const body = generate() as unknown as Buffer
          const status = await request(url, { method: 'PUT', body, dispatcher }).then(
            async (answer) => {
              await answer.body.dump()
              return answer.statusCode
            },
            (error: Error) => error,
          )
          expect(
            stored.filter((hash) => hash !== sha256(bytes)),
            'wrong content',
          ).to.eql([])
          if (status === 200) expect(stored).to.have.lengthOf(1)
        })
      }
    }
  }
})

describe('a RetryAgent of undici', () => {
  const agents = {
    'an Agent, which is the model': () => {
      const agent = new Agent()
      closeLater(() => agent.destroy())
      return agent
    },
    'an ExpectAgent that does not ask': () => agentFor({ expect: 'never' }),
    'an ExpectAgent that sends expectations': () =>
      agentFor({ expect: 'always', continueTimeout: 60_000 }),
  }
  for (const [name, make] of Object.entries(agents)) {
    it(`sends a Buffer again after a reset in mid-content, above ${name}`, async () => {
      const content = noise(8_000_000)
      const go = (head: string): string => (/^expect:/im.test(head) ? goAhead : '')
      const peer = await origin(
        async (wire) => {
          wire.raw(go(await wire.head()))
          await wire.bytes(10_000)
          wire.reset()
        },
        async (wire) => {
          const head = await wire.head()
          wire.raw(go(head))
          expect((await wire.content(head)).equals(content)).to.equal(true)
          wire.raw(response(201, 'stored'))
        },
      )
      const dispatcher = new RetryAgent(make(), { minTimeout: 1 })
      const answer = await request(peer.url, { method: 'PUT', body: content, dispatcher })
      expect(answer.statusCode).to.equal(201)
      await answer.body.dump()
      await peer.done
    })
  }
})

describe('a retry of a POST whose first 16 KB have arrived', () => {
  const again = { retry: { count: 2, minDelay: 1 }, continueTimeout: 60_000 }
  const keyed = { 'idempotency-key': 'once' }
  for (const expects of ['always', 'never'] as const) {
    for (const headers of [{}, keyed]) {
      const isKeyed = headers === keyed
      const what = isKeyed ? 'sends it again, with a key' : 'does not send it again'
      it(`${what}: HTTP/1.1, ${expects}`, async () => {
        const content = noise(6_000_000)
        const cut: Script = async (wire) => {
          await wire.head()
          if (expects === 'always') wire.raw(goAhead)
          await wire.bytes(16_384)
          wire.reset()
        }
        const takes: Script = async (wire) => {
          const head = await wire.head()
          if (expects === 'always') wire.raw(goAhead)
          expect(await wire.content(head)).to.have.lengthOf(content.length)
          wire.raw(response(201, 'stored'))
        }
        const peer = isKeyed ? await origin(cut, takes) : await origin(cut)
        const dispatcher = agentFor({ ...again, expect: expects })
        const options = { method: 'POST', dispatcher, headers }
        const status = await upload(peer.url, content, options).then(
          ({ response }) => response.status,
          (error) => error.code,
        )
        if (isKeyed) expect(status).to.equal(201)
        else expect(status).to.be.oneOf(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
        await peer.done
      })

      it(`${what}: HTTP/2, ${expects}`, async () => {
        let count = 0
        const front = await tlsFront(['h2'], (message, answer, asked) => {
          count += 1
          if (asked) answer.writeContinue()
          const { stream } = message as unknown as { stream: { session: { destroy(): void } } }
          if (count === 1) message.once('data', () => stream.session.destroy())
          else message.resume().on('end', () => answer.end('stored'))
        })
        front.http2.updateSettings({ initialWindowSize: 16_384 })
        const connect = { ca: front.ca }
        const dispatcher = agentFor({ ...again, expect: expects, allowH2: true, connect })
        const options = { method: 'POST', dispatcher, headers }
        const outcome = await upload(front.url, bytes, options).then(
          ({ response }) => response.status,
          () => 'it rejects',
        )
        expect(outcome).to.equal(isKeyed ? 200 : 'it rejects')
        expect(count, 'requests').to.equal(isKeyed ? 2 : 1)
      })
    }
  }
})
