import { once } from 'node:events'
import { constants } from 'node:http2'
import { expect } from 'chai'
import { Agent, type Dispatcher, request } from 'undici'
import { fetch } from '../../../lib/client/fetch.ts'
import { expectContinue } from '../../../lib/client/interceptor.ts'
import { upload } from '../../../lib/client/upload.ts'
import { gatedPool } from '../../../lib/connection/pool.ts'
import type { AuthenticateFunction } from '../../../lib/options/authenticate.ts'
import { closeLater } from '../../support/closing.ts'
import { noise } from '../../support/contents.ts'
import { agentFor, asInit } from '../../support/faces.ts'
import { content, stream } from '../../support/guarded.ts'
import { origin, type Script } from '../../support/origin.ts'
import { framings, head, response } from '../../support/responses.ts'
import { signal } from '../../support/signal.ts'
import { tlsFront } from '../../support/tls-front.ts'
import { turns } from '../../support/turns.ts'

/** Turns of the event loop in which bytes on the loopback arrive. */
const enough = 10

const platformFetch = globalThis.fetch
const challenge = 'WWW-Authenticate: Bearer'

/** A response whose content may break off. */
interface Answer {
  readonly status: number
  text(): Promise<string>
}

type Send = (dispatcher: Dispatcher, url: string) => Promise<Answer>

const faces: Record<string, Send> = {
  upload: async (dispatcher, url) => (await upload(url, stream(), { dispatcher })).response,
  fetch: (dispatcher, url) => fetch(url, { method: 'PUT', body: stream(), dispatcher }),
  'fetch without a body': (dispatcher, url) => fetch(url, { dispatcher }),
  'request with a dispatcher': async (dispatcher, url) => {
    const { statusCode, body } = await request(url, { method: 'PUT', body: stream(), dispatcher })
    return { status: statusCode, text: () => body.text() }
  },
  'the platform’s fetch with a dispatcher': (dispatcher, url) => {
    const body = ReadableStream.from(stream())
    return platformFetch(url, asInit({ body, duplex: 'half', dispatcher }))
  },
}

/** A function that resolves after the connection of the challenge is closed. */
function slow(dispatcher: () => Dispatcher, decided: () => void): AuthenticateFunction {
  return async () => {
    const gone = once(dispatcher(), 'disconnect')
    decided()
    await gone
    return null
  }
}

/** Sends a response, and resets the connection while the function decides. */
function resetting(text: string, deciding: Promise<void>): Script {
  return async (wire) => {
    await wire.head()
    wire.raw(text)
    await deciding
    wire.reset()
  }
}

describe('a challenge whose connection is reset while a function is pending', () => {
  for (const [name, send] of Object.entries(faces)) {
    for (const framing of framings.filter(({ closes }) => !closes)) {
      it(`is returned completely: ${name}, ${framing.name}`, async () => {
        const deciding = signal()
        const text = framing.of(401).replace('\r\n', `\r\n${challenge}\r\n`)
        const peer = await origin(resetting(text, deciding.raised))
        const authenticate = slow(() => dispatcher, deciding.raise)
        const dispatcher = agentFor({ authenticate })
        const answer = await send(dispatcher, peer.url)
        expect(answer.status).to.equal(401)
        expect(await answer.text()).to.equal(framing.text)
        await peer.done
      })
    }

    it(`is returned when its content breaks off: ${name}`, async () => {
      const deciding = signal()
      const text = `${head(401, challenge, 'Content-Length: 10')}den`
      const peer = await origin(resetting(text, deciding.raised))
      const authenticate = slow(() => dispatcher, deciding.raise)
      const dispatcher = agentFor({ authenticate })
      const answer = await send(dispatcher, peer.url)
      expect(answer.status).to.equal(401)
      expect(await answer.text().catch((error: unknown) => error)).to.be.instanceOf(Error)
      await peer.done
    })
  }

  it('is returned by a custom agent', async () => {
    const deciding = signal()
    const peer = await origin(resetting(response(401, 'denied', challenge), deciding.raised))
    const agent = new Agent({ factory: gatedPool })
    closeLater(() => agent.destroy())
    const authenticate = slow(() => agent, deciding.raise)
    const dispatcher = agent.compose(expectContinue({ authenticate }))
    const { response: answer, report } = await upload(peer.url, stream(), { dispatcher })
    expect(answer.status).to.equal(401)
    expect(await answer.text()).to.equal('denied')
    expect(report.outcome).to.equal('refused')
    await peer.done
  })

  it('is returned while content is sent', async () => {
    const deciding = signal()
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 100 Continue')
      await wire.bytes(1000)
      wire.raw(response(401, 'denied', challenge))
      await deciding.raised
      wire.reset()
    })
    const dispatcher = agentFor({})
    const authenticate = slow(() => dispatcher, deciding.raise)
    const options = { dispatcher, authenticate, replayWindow: 10_000_000 }
    const { response: answer } = await upload(peer.url, stream(), options)
    expect(answer.status).to.equal(401)
    expect(await answer.text()).to.equal('denied')
    await peer.done
  })

  it('is returned when its HTTP/2 stream is reset', async () => {
    let broken = (): void => {}
    const front = await tlsFront(['h2'], (_request, answer) => {
      answer.writeHead(401, { 'www-authenticate': 'Bearer' })
      answer.write('den')
      const { stream } = answer as unknown as { stream: { close(code: number): void } }
      broken = () => stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    })
    const dispatcher = agentFor({ connect: { ca: front.ca } })
    const authenticate: AuthenticateFunction = async () => {
      broken()
      await turns(enough)
      return null
    }
    const { response: answer } = await upload(front.url, content, {
      dispatcher,
      authenticate,
      expect: 'always',
    })
    expect(answer.status).to.equal(401)
    expect(await answer.text().catch((error: unknown) => error)).to.be.instanceOf(Error)
  })

  it('fails when the handler throws at its head, or aborts', async () => {
    for (const act of ['throw', 'abort'] as const) {
      const deciding = signal()
      const peer = await origin(resetting(response(401, 'denied', challenge), deciding.raised))
      const authenticate = slow(() => dispatcher, deciding.raise)
      const dispatcher = agentFor({ authenticate })
      const reason = new Error('enough')
      const told: string[] = []
      const failure = await new Promise<unknown>((failed) => {
        const { origin: place, pathname: path } = new URL(peer.url)
        dispatcher.dispatch(
          { origin: place, path, method: 'PUT', body: content },
          {
            onRequestStart() {},
            onResponseStart(controller) {
              told.push('head')
              if (act === 'throw') throw reason
              controller.abort(reason)
            },
            onResponseData: () => told.push('data'),
            onResponseEnd: () => told.push('end'),
            onResponseError: (_controller, error) => failed(error),
          },
        )
      })
      expect(failure).to.equal(reason)
      expect(told).to.deep.equal(['head'])
    }
  })
})

describe('a challenge while a function is pending', () => {
  for (const [name, send] of Object.entries(faces)) {
    it(`arrives completely, even if it is large: ${name}`, async () => {
      const bytes = noise(3_000_000).toString('hex')
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.raw(response(401, bytes, challenge))
        await wire.closed()
      })
      const authenticate: AuthenticateFunction = async () => {
        await turns(enough)
        return null
      }
      const answer = await send(agentFor({ authenticate }), peer.url)
      expect(answer.status).to.equal(401)
      expect((await answer.text()) === bytes).to.equal(true)
    })
  }
})
