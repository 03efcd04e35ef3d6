import { expect } from 'chai'
import { Agent, type Dispatcher, request } from 'undici'
import { ExpectAgent, fetch, RouteMemory, type UploadOptions, upload } from '../../lib/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { guarded } from '../support/guarded.ts'
import { turns } from '../support/turns.ts'

const bytes = noise(300_000)
const reason = new Error('thrown by the caller')
const asking = { expect: 'always', continueTimeout: 60_000 } as const

const throws = (): never => {
  throw reason
}

type Way = (url: string, own: object, dispatcher: Dispatcher) => Promise<unknown>

const ways = new Map<string, Way>([
  ['upload', (url, own, dispatcher) => upload(url, bytes, { ...own, dispatcher } as UploadOptions)],
  [
    'fetch',
    (url, own, dispatcher) =>
      fetch(url, { method: 'PUT', body: bytes, ...own, dispatcher }).catch((error: Error) => {
        throw error.cause ?? error
      }),
  ],
  [
    'request',
    (url, own, dispatcher) => request(url, { method: 'PUT', body: bytes, ...own, dispatcher }),
  ],
])

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'it resolves',
    (error) => error,
  )

describe('a callback that throws', function () {
  this.timeout(2000)

  const phases = ['connecting', 'waiting', 'sending', 'responding']
  for (const name of ['upload', 'fetch']) {
    const way = ways.get(name) as Way
    for (const phase of phases.slice(1, 3)) {
      it(`fails ${name} with its error: onProgress in the phase ${phase}`, async () => {
        const origin = await guarded('go')
        const onProgress = ({ phase: now }: { phase: string }): void => {
          if (now === phase) throws()
        }
        const call = way(origin.url, { onProgress }, agentFor(asking))
        expect(await reasonOf(call)).to.equal(reason)
      })
    }

    it(`fails ${name} with its error: onContinue`, async () => {
      const origin = await guarded('go')
      const call = way(origin.url, { onContinue: throws }, agentFor(asking))
      expect(await reasonOf(call)).to.equal(reason)
    })

    it(`fails ${name} with its error: a content function`, async () => {
      const origin = await guarded('go')
      const body = throws as unknown as Buffer
      const dispatcher = agentFor(asking)
      const call =
        name === 'upload'
          ? upload(origin.url, body, { dispatcher })
          : fetch(origin.url, { method: 'PUT', body, dispatcher }).catch((error) => {
              throw error.cause
            })
      expect(await reasonOf(call)).to.equal(reason)
    })
  }
})

describe('a connector that fails with a value that is not an Error', function () {
  this.timeout(2000)

  for (const [name, way] of ways) {
    it(`fails ${name} with an error that has the value as its cause`, async () => {
      const failed = 'no way' as unknown as Error
      const dispatcher = agentFor({ connect: (_target, callback) => callback(failed, null) })
      const error = await reasonOf(way('http://127.0.0.1:8080', {}, dispatcher))
      expect(error).to.be.instanceOf(Error).and.include({ cause: failed })
    })
  }
})

describe('a memory that throws', function () {
  this.timeout(2000)

  const modes = ['go', 417, 413, 503, 'silent'] as const
  for (const [name, way] of ways) {
    for (const method of ['recall', 'remember', 'times', 'measured', 'forget'] as const) {
      for (const mode of modes) {
        it(`fails ${name} with its error when it is called: ${method} at ${mode}`, async () => {
          const origin = await guarded(mode)
          let calls = 0
          class Throwing extends RouteMemory {}
          Object.defineProperty(Throwing.prototype, method, {
            value: () => {
              calls += 1
              throw reason
            },
          })
          const continueTimeout = mode === 'silent' ? 10 : 'adaptive'
          const options = { memory: new Throwing(), continueTimeout, expect: 'auto', threshold: 1 }
          const dispatcher = agentFor(options as object)
          const outcome = await reasonOf(way(origin.url, {}, dispatcher))
          expect(outcome).to.equal(calls === 0 ? 'it resolves' : reason)
        })
      }
    }
  }
})

describe('a handler method that throws', function () {
  this.timeout(2000)

  const hooks = [
    'onRequestStart',
    'onBodySent',
    'onRequestSent',
    'onResponseStart',
    'onResponseData',
    'onResponseEnd',
  ] as const
  const agents = new Map<string, () => Agent>([
    ['an Agent of undici, for comparison', () => new Agent()],
    [
      'an ExpectAgent that sends expectations',
      () => new ExpectAgent({ ...asking, memory: new RouteMemory() }),
    ],
    ['an ExpectAgent that sends none', () => new ExpectAgent({ expect: 'never' })],
  ])
  for (const [name, make] of agents) {
    for (const hook of hooks) {
      for (const mode of ['go', 413] as const) {
        // Refused content is not sent, so these hooks are not called.
        if (mode === 413 && (hook === 'onBodySent' || hook === 'onRequestSent')) continue
        it(`causes onResponseError for ${name}: ${hook} at ${mode}`, async () => {
          const body = 'a text'
          const refusal = mode === 413 ? { status: 413, body } : mode
          const origin = await guarded(refusal, { response: { status: 201, body } })
          const agent = make()
          closeLater(() => agent.destroy())
          const errors: Error[] = []
          const { origin: to, pathname: path } = new URL(origin.url)
          const failure = await new Promise((resolve) => {
            const handler: Dispatcher.DispatchHandler = {
              onRequestStart: () => {},
              onResponseStart: () => {},
              onResponseData: () => {},
              onResponseEnd: () => resolve('it ends'),
              onResponseError: (_controller, error) => {
                errors.push(error)
                resolve(error)
              },
              [hook]: throws,
            }
            agent.dispatch({ origin: to, path, method: 'PUT', body: bytes }, handler)
          })
          expect(failure).to.equal(reason)
          await turns(20)
          expect(errors, 'the errors of onResponseError').to.deep.equal([reason])
        })
      }
    }
  }
})
