import { expect } from 'chai'
import { Agent, type Dispatcher, interceptors } from 'undici'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { upload } from '../../lib/client/upload.ts'
import { gatedPool } from '../../lib/connection/pool.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { type OriginMode, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf, noise } from '../support/contents.ts'

const content = noise(300_000)

async function* oneShot(): AsyncGenerator<Buffer> {
  yield* chunksOf(content)
}

/** An agent with one of undici's interceptors below expectContinue(). */
function above(interceptor: Dispatcher.DispatcherComposeInterceptor): Dispatcher {
  const agent = new Agent({ factory: gatedPool })
  closeLater(() => agent.destroy())
  const own = { expect: 'always', continueTimeout: 60_000, replayWindow: 0 } as const
  return agent.compose(interceptor, expectContinue({ ...own, memory: new RouteMemory() }))
}

/** Answers the first request before or after its content, and stores the others. */
async function once(first: OriginMode, early: boolean): Promise<TestOrigin> {
  let requests = 0
  const origin = await startOrigin({
    mode: () => {
      requests += 1
      return requests === 1 && early ? first : 'go'
    },
    response: () => (requests === 1 ? (first as { status: number }) : { status: 201 }),
  })
  closeLater(() => origin.close())
  return origin
}

const moved = { status: 307, headers: { location: '/moved' } }
const busy = { status: 503 }
const again: readonly [string, Dispatcher.DispatcherComposeInterceptor, OriginMode][] = [
  ['retry', interceptors.retry({ minTimeout: 1 }), busy],
  ['redirect', interceptors.redirect({ maxRedirections: 3 }), moved],
]

describe('undici’s interceptors below expectContinue()', () => {
  for (const [name, interceptor, first] of again) {
    for (const kind of ['replayable', 'one-shot'] as const) {
      it(`send unread content again, in one attempt: ${name}, ${kind}`, async () => {
        const origin = await once(first, true)
        const body = kind === 'replayable' ? content : oneShot()
        const { response, report } = await upload(origin.url, body, {
          dispatcher: above(interceptor),
        })
        expect(response.status).to.equal(201)
        expect(origin.requests.map(({ bytes }) => bytes)).to.deep.equal([0, content.length])
        expect(report.attempts.map(({ reason }) => reason)).to.deep.equal(['first'])
        expect(report).to.include({ outcome: 'continued', sentBytes: content.length })
      })
    }

    it(`send content again after it was sent, if it is replayable: ${name}`, async () => {
      const origin = await once(first, false)
      const dispatcher = above(interceptor)
      const { response, report } = await upload(origin.url, content, { dispatcher })
      expect(response.status).to.equal(201)
      const bytes = origin.requests.map((request) => request.bytes)
      expect(bytes).to.deep.equal([content.length, content.length])
      expect(report.sentBytes).to.equal(content.length)
    })

    it(`fail when the content cannot be read again: ${name}`, async () => {
      const origin = await once(first, false)
      const dispatcher = above(interceptor)
      const error = await upload(origin.url, oneShot(), { dispatcher }).catch((reason) => reason)
      expect(error).to.have.property('code', 'ERR_EXPECT_CONTENT_GONE')
    })
  }

  for (const status of [401, 413, 417]) {
    it(`turn a ${status} into an error before the package handles it: responseError`, async () => {
      const origin = await once(status, true)
      const dispatcher = above(interceptors.responseError())
      const authenticate = { basic: { username: 'user', password: 'secret' } }
      const error = await upload(origin.url, content, { dispatcher, authenticate }).catch(
        (reason) => reason,
      )
      expect(error).to.include({ code: 'UND_ERR_RESPONSE', statusCode: status })
      expect(origin.requests.map(({ bytes }) => bytes)).to.deep.equal([0])
    })
  }
})
