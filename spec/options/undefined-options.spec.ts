import { expect } from 'chai'
import { type Dispatcher, request } from 'undici'
import { expectHttpClient } from '../../lib/adapters/azure.ts'
import { expectHttpStack } from '../../lib/adapters/tus.ts'
import { ExpectAgent } from '../../lib/client/agent.ts'
import { createFetch, install } from '../../lib/client/bound.ts'
import { fetch } from '../../lib/client/fetch.ts'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { upload } from '../../lib/client/upload.ts'
import { fromFile } from '../../lib/content/file.ts'
import { expectOptionNames } from '../../lib/options/settings.ts'
import { readProxyOption } from '../../lib/proxy/proxies.ts'
import { Retry } from '../../lib/recovery/retry.ts'
import { reportOf } from '../../lib/report/reported.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import type { NextAttempt } from '../../lib/upload/recovery-step.ts'
import { answerOf } from '../support/answers.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin } from '../support/open-origin.ts'

function close(origin: Promise<TestOrigin>): Promise<void> {
  return origin.then((each) => each.close())
}

function send(options: object): Promise<unknown> {
  return upload('http://127.0.0.1:1', 'content', options)
}

function dispatched(options: object): boolean {
  const own = { origin: 'http://127.0.0.1:1', path: '/', method: 'PUT', body: 'x', ...options }
  const handler = { onRequestStart() {}, onResponseError() {} }
  return agentFor().dispatch(own as Dispatcher.DispatchOptions, handler)
}

const memoryOptions = ['max', 'refusedFor', 'silentFor', 'busyFor', 'timesFor']
const listeners = ['onProgress', 'onInterim']
const withoutRedirect = expectOptionNames.filter((name) => name !== 'redirect')
const withoutRetry = withoutRedirect.filter((name) => name !== 'retry')

/** What accepts options, and the names that belong to this package. */
const takers: Record<string, [take: (options: object) => unknown, names: readonly string[]]> = {
  ExpectAgent: [(options) => new ExpectAgent(options), [...expectOptionNames, 'proxy']],
  'expectContinue()': [(options) => expectContinue(options), expectOptionNames],
  install: [(options) => install(options)(), expectOptionNames],
  createFetch: [
    (options) => createFetch(options),
    [...withoutRedirect, ...listeners, 'dispatcher'],
  ],
  fetch: [
    (options) => fetch('http://127.0.0.1:1', options).catch(ofOption),
    [...withoutRetry, ...listeners, 'dispatcher'],
  ],
  upload: [
    (options) => send(options).catch(ofOption),
    [...expectOptionNames, ...listeners, 'method', 'headers', 'signal', 'dispatcher'],
  ],
  'a dispatch': [dispatched, expectOptionNames],
  retry: [(retry) => expectContinue({ retry }), ['count', 'statuses', 'minDelay', 'maxDelay']],
  timeouts: [(timeouts) => expectContinue({ timeouts }), ['stall', 'headers', 'body', 'total']],
  RouteMemory: [(options) => new RouteMemory(options), memoryOptions],
  'RouteMemory.from': [(options) => RouteMemory.from([], options), memoryOptions],
  proxy: [
    (options) => readProxyOption({ url: 'https://proxy.example', ...options }),
    ['headers', 'credentials', 'tls', 'noProxy'],
  ],
  fromFile: [
    (options) => fromFile(new URL(import.meta.url), options),
    ['start', 'end', 'chunkSize'],
  ],
  startOrigin: [
    (options) => close(startOrigin(options)),
    [
      ...['mode', 'tls', 'host', 'port', 'socketPath', 'record', 'onRequest'],
      ...['response', 'delay', 'keepContent', 'store'],
    ],
  ],
  'the adapter for Azure': [
    (options) => expectHttpClient(options),
    [...expectOptionNames, 'dispatcher'],
  ],
  'the adapter for tus': [
    (options) => expectHttpStack(options),
    [...expectOptionNames, 'dispatcher'],
  ],
}

/** Options that are objects themselves. */
const takesObject = new Set([
  ...[
    'ExpectAgent',
    'expectContinue()',
    'install',
    'createFetch',
    'fetch',
    'upload',
    'RouteMemory',
  ],
  ...['fromFile', 'startOrigin', 'the adapter for Azure', 'the adapter for tus'],
])

/** No server listens there, so a later error does not refuse the options. */
function ofOption(error: Error): void {
  if (error instanceof TypeError && error.cause === undefined) throw error
}

async function outcomeOf(take: () => unknown): Promise<unknown> {
  try {
    await take()
    return null
  } catch (error) {
    return error
  }
}

for (const [what, [take, names]] of Object.entries(takers)) {
  describe(`options of ${what}`, () => {
    it('that are undefined mean the defaults', async () => {
      const options = Object.fromEntries(names.map((name) => [name, undefined]))
      expect(await outcomeOf(() => take(options))).to.equal(null)
    })

    if (takesObject.has(what)) {
      for (const value of ['text', 5, true]) {
        it(`are rejected when they are ${JSON.stringify(value)}`, async () => {
          const error = await outcomeOf(() => take(value as unknown as object))
          expect(error).to.be.instanceOf(TypeError)
          expect((error as Error).message).to.match(/^Options must be an object, not a \w+$/)
        })
      }
    }

    for (const name of names) {
      for (const value of name === 'authenticate' ? [Number.NaN] : [null, Number.NaN]) {
        it(`are rejected by name: ${name} ${value}`, async () => {
          const error = await outcomeOf(() => take({ [name]: value }))
          expect(error).to.be.instanceOf(TypeError)
          expect((error as Error).message).to.include(name)
        })
      }
    }
  })
}

describe('an option that is undefined', () => {
  it('keeps the default of retry', () => {
    const given = {
      count: undefined,
      statuses: undefined,
      minDelay: undefined,
      maxDelay: undefined,
    }
    const retry = new Retry(given as object)
    const delays: number[] = []
    for (let next = retry.answered(answerOf(503)); next !== null; ) {
      delays.push((next as NextAttempt).delayMs)
      next = retry.answered(answerOf(503))
    }
    expect(delays).to.have.length(3)
    for (const [index, delay] of delays.entries()) {
      expect(delay).to.be.within(250 * 2 ** index, 500 * 2 ** index)
    }
  })

  it('of a fetch keeps that of createFetch', async () => {
    const origin = await openOrigin({ mode: 'go' })
    const called: string[] = []
    const bound = createFetch({
      expect: 'always',
      dispatcher: agentFor(),
      onProgress: ({ phase }) => called.push(phase),
    })
    const init = { expect: undefined, onProgress: undefined, dispatcher: undefined } as object
    const response = await bound(origin.url, { method: 'PUT', body: 'content', ...init })
    expect(response.status).to.equal(201)
    expect(reportOf(response)).to.include({ asked: true, reason: 'always' })
    expect(called).to.include('responding')
  })

  it('of an upload keeps that of the agent', async () => {
    const origin = await openOrigin({ mode: 'go' })
    const dispatcher = agentFor({ expect: 'always' })
    const { report } = await upload(origin.url, 'content', {
      dispatcher,
      expect: undefined,
    } as object)
    expect(report).to.include({ asked: true, reason: 'always' })
  })

  it('of a dispatch keeps that of the agent', async () => {
    const origin = await openOrigin({ mode: 'go' })
    const dispatcher = agentFor({ expect: 'always' })
    const init = { method: 'PUT', body: 'content', expect: undefined, dispatcher } as const
    await (await request(origin.url, init as object)).body.dump()
    expect(origin.requests[0]).to.include({ asked: true })
  })
})

describe('startOrigin', () => {
  it('rejects an unknown option', async () => {
    const error = await outcomeOf(() => close(startOrigin({ respond: 201 } as object)))
    expect(error).to.be.instanceOf(TypeError).with.property('message').that.includes("'respond'")
  })

  it('rejects an unknown option of resumable, and accepts an undefined one', async () => {
    const resumable = { offsetEvrey: 1 } as object
    const error = await outcomeOf(() => close(startOrigin({ resumable })))
    expect(error).to.be.instanceOf(TypeError)
    expect(error).to.have.property('message').that.includes("'offsetEvrey'")
    const limit = undefined as never
    const origin = await startOrigin({ mode: 'resumable', resumable: { limit } })
    const response = await fetch(origin.url, { method: 'OPTIONS' })
    await origin.close()
    expect(response.headers.get('upload-limit')).to.equal('min-size=0')
  })
})
