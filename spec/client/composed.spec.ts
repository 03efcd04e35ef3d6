import { expect } from 'chai'
import { Agent, type Dispatcher, RetryAgent, request } from 'undici'
import {
  ExpectAgent,
  expectContinue,
  fetch,
  gatedPool,
  RouteMemory,
  reportOf,
  upload,
} from '../../lib/index.ts'
import type { OriginMode } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor, asInit } from '../support/faces.ts'
import { guarded } from '../support/guarded.ts'

const pass: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, handler)

const settings = { continueTimeout: 60_000, threshold: 100_000 }
const asking = () => expectContinue({ ...settings, memory: new RouteMemory() })

const dispatchers: Record<string, () => Dispatcher> = {
  'an ExpectAgent with an interceptor': () => agentFor(settings).compose(asking()),
  'an ExpectAgent with two interceptors': () =>
    agentFor(settings).compose(asking()).compose(asking()),
  'an ExpectAgent beneath one of undici and an interceptor': () =>
    new RetryAgent(agentFor(settings)).compose(asking()),
  'an Agent with an interceptor': () => {
    const agent = new Agent({ factory: gatedPool })
    closeLater(() => agent.destroy())
    return agent.compose(asking())
  },
}

const contents = { small: noise(3), large: noise(200_000) }
const modes: Record<string, OriginMode> = { go: 'go', '417': 417, '413': 413 }

interface Row {
  readonly status: number
  readonly reason: string
  readonly attempts: readonly string[]
  readonly sentBytes: number
}

/** The expected result, whichever interceptor acts. */
function rightFor(size: keyof typeof contents, mode: string): Row {
  const { length: bytes } = contents[size]
  if (size === 'small') {
    // Without an expectation, the origin accepts instead of answering 417.
    const status = mode === '413' ? 413 : 201
    return { status, reason: 'below-threshold', attempts: ['first'], sentBytes: bytes }
  }
  const reason = 'threshold'
  if (mode === '413') return { status: 413, reason, attempts: ['first'], sentBytes: 0 }
  const attempts = mode === '417' ? ['first', 'replay'] : ['first']
  return { status: 201, reason, attempts, sentBytes: bytes }
}

describe('two interceptors', () => {
  for (const [name, make] of Object.entries(dispatchers)) {
    for (const size of ['small', 'large'] as const) {
      for (const [mode, instead] of Object.entries(modes)) {
        for (const face of ['upload', 'fetch'] as const) {
          it(`make one upload through ${name}: ${face}, ${size}, ${mode}`, async () => {
            const origin = await guarded(instead)
            const dispatcher = make()
            const content = contents[size]
            const own = { ...settings, dispatcher }
            const { response, report } =
              face === 'upload'
                ? await upload(`${origin.url}/file`, content, own)
                : await fetched(`${origin.url}/file`, content, own)
            const { reason, attempts, sentBytes } = report ?? {}
            const seen = { status: response.status, reason, sentBytes }
            expect({ ...seen, attempts: attempts?.map((each) => each.reason) }).to.eql(
              rightFor(size, mode),
            )
            expect(origin.requests).to.have.length(attempts?.length ?? 0)
            if (response.status === 201)
              expect(origin.requests.at(-1)?.sha256).to.equal(sha256(content))
          })
        }
      }
    }
  }

  for (const [name, make] of Object.entries(dispatchers)) {
    for (const mode of ['go', '417'] as const) {
      it(`make one upload through ${name} for undici's request and the platform's fetch: ${mode}`, async () => {
        const origin = await guarded(modes[mode] as OriginMode)
        const dispatcher = make()
        const body = contents.large
        const { statusCode } = await request(`${origin.url}/file`, {
          method: 'PUT',
          body,
          dispatcher,
        })
        const response = await globalThis.fetch(`${origin.url}/file`, asInit({ body, dispatcher }))
        expect([statusCode, response.status]).to.eql([201, 201])
        const asked = origin.requests.map((seen) => seen.asked)
        const twice = mode === '417' && name !== 'an ExpectAgent with two interceptors'
        expect(asked.filter((each) => !each)).to.have.length(mode === 'go' ? 0 : asked.length - 1)
        expect(asked.length).to.be.at.most(twice ? 4 : 3)
        const complete = origin.requests.filter(({ bytes }) => bytes > 0)
        expect(complete.map((seen) => seen.sha256)).to.eql([sha256(body), sha256(body)])
      })
    }
  }

  it('report progress once', async () => {
    const origin = await guarded('go')
    const dispatcher = agentFor(settings).compose(asking())
    const reported: number[] = []
    const onProgress = ({ sent }: { sent: number }): void => {
      reported.push(sent)
    }
    await upload(`${origin.url}/file`, contents.small, { ...settings, dispatcher, onProgress })
    expect(reported).to.eql([...reported].sort((one, other) => one - other))
    expect(reported.at(-1)).to.equal(3)
  })
})

async function fetched(url: string, body: Buffer, own: object) {
  const response = await fetch(url, { method: 'PUT', body, ...own })
  return { response, report: reportOf(response) }
}

describe('an ExpectAgent behind a Proxy', () => {
  const wrappers: Record<string, (agent: ExpectAgent) => Dispatcher> = {
    'compose()': (agent) => agent.compose(pass),
    'compose() twice': (agent) => agent.compose(pass).compose(pass),
    'a RetryAgent of compose()': (agent) => new RetryAgent(agent.compose(pass)),
    'a plain Proxy': (agent) => new Proxy(agent, {}),
  }
  for (const [name, wrap] of Object.entries(wrappers)) {
    it(`uploads, and closes after the upload: ${name}`, async () => {
      const origin = await guarded('go')
      const agent = agentFor(settings)
      const dispatcher = wrap(agent)
      const body = contents.large
      const uploading = request(`${origin.url}/file`, { method: 'PUT', body, dispatcher })
      const closing = dispatcher.close()
      const { statusCode, body: answer } = await uploading
      await answer.dump()
      await closing
      expect([statusCode, agent.closed]).to.eql([201, true])
    })

    it(`destroys: ${name}`, async () => {
      const agent = agentFor()
      await wrap(agent).destroy()
      expect(agent.destroyed).to.equal(true)
    })

    // undici's RetryAgent accepts no callback.
    if (name.startsWith('a RetryAgent')) continue
    it(`closes with a callback: ${name}`, async () => {
      const agent = agentFor()
      await new Promise<void>((closed) => wrap(agent).close(closed))
      expect(agent.closed).to.equal(true)
    })
  }

  it('calls the methods of a subclass', async () => {
    const calls: string[] = []
    class Own extends ExpectAgent {
      override dispatch(...args: Parameters<ExpectAgent['dispatch']>): boolean {
        calls.push('dispatch')
        return super.dispatch(...args)
      }
      override close(): Promise<void>
      override close(callback: () => void): void
      override close(callback?: () => void): Promise<void> | undefined {
        calls.push('close')
        return callback === undefined ? super.close() : void super.close(callback)
      }
    }
    const origin = await guarded('go')
    const agent = new Own()
    const { body } = await request(origin.url, { dispatcher: agent.compose(pass) })
    await body.dump()
    await agent.compose(pass).close()
    expect(calls).to.eql(['dispatch', 'close'])
    expect(agent.closed).to.equal(true)
  })
})
