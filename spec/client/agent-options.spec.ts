import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import { Agent, getGlobalDispatcher, Pool, request } from 'undici'
import { ExpectAgent, type ExpectAgentOptions } from '../../lib/client/agent.ts'
import { install } from '../../lib/client/bound.ts'
import { gatedPool } from '../../lib/connection/pool.ts'
import { expectOptionNames } from '../../lib/options/settings.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'

const makers: Record<string, (options: object) => unknown> = {
  ExpectAgent: (options) => new ExpectAgent(options),
  install: (options) => install(options)(),
}

/** The option names that the constructors of the installed undici read. */
function namesIn(file: string): string[] {
  const source = readFileSync(createRequire(import.meta.url).resolve(`undici/${file}`), 'utf8')
  const [, list = ''] = /constructor \((?:\w+, )?\{([^}]*)\} = \{\}\)/.exec(source) ?? []
  const names = list.replaceAll(/\/\/.*/g, '').split(',')
  return names.map((name) => name.split('=')[0]?.trim() ?? '').filter((name) => /^\w+$/.test(name))
}

const files = ['agent', 'pool', 'client'].map((name) => `lib/dispatcher/${name}.js`)
/** undici rejects these only when it makes the first connection. */
const refused = [
  'socketTimeout',
  'requestTimeout',
  'idleTimeout',
  'keepAlive',
  'maxKeepAliveTimeout',
]

for (const [name, make] of Object.entries(makers)) {
  describe(`the options of ${name}`, () => {
    for (const options of [
      { continueTimout: 5 },
      { expects: 'always' },
      { colour: undefined },
      { Expect: 'always' },
      { proxyTls: {} },
      { continueTimeout: 5, connection: 5 },
      { toString: 5 },
      Object.fromEntries([['__proto__', 5]]),
    ]) {
      const unknown = Object.keys(options).at(-1) ?? ''
      it(`are rejected when one is unknown: ${unknown}`, () => {
        const before = [globalThis.fetch, getGlobalDispatcher()]
        expect(() => make(options)).to.throw(TypeError, `Unknown option '${unknown}'`)
        expect([globalThis.fetch, getGlobalDispatcher()]).to.deep.equal(before)
      })
    }

    it('are those of undici’s own agents and those of this package', () => {
      const names = files.flatMap(namesIn)
      expect(names).to.include.members(['maxOrigins', 'clientTtl', 'pipelining', 'h2Options'])
      for (const each of [...names, ...expectOptionNames, 'proxy']) {
        const options = { [each]: undefined }
        if (refused.includes(each)) expect(() => make(options)).to.throw(TypeError, each)
        else make(options)
      }
    })
  })
}

describe('an ExpectAgent with undici’s options', () => {
  it('accepts all of them', async () => {
    const origin = await startOrigin()
    closeLater(() => origin.close())
    const options: ExpectAgentOptions = {
      factory: gatedPool,
      maxOrigins: 5,
      connections: 1,
      clientTtl: 60_000,
      maxHeaderSize: 10_000,
      headersTimeout: 10_000,
      bodyTimeout: 10_000,
      connectTimeout: 10_000,
      keepAliveTimeout: 1000,
      keepAliveMaxTimeout: 1000,
      keepAliveTimeoutThreshold: 10,
      pipelining: 1,
      strictContentLength: true,
      maxCachedSessions: 5,
      connect: { timeout: 5000, rejectUnauthorized: false, keepAlive: true, preferH2: false },
      maxRequestsPerClient: 5,
      maxResponseSize: 5000,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 100,
      allowH2: false,
    }
    const dispatcher = new ExpectAgent(options)
    closeLater(() => dispatcher.close())
    const { statusCode } = await request(origin.url, { method: 'PUT', body: 'x', dispatcher })
    expect(statusCode).to.equal(201)
  })

  it('passes the options on to an Agent', () => {
    const factory = (origin: string | URL, options: object): Pool => new Pool(origin, options)
    expect(new ExpectAgent({ factory })).to.be.instanceOf(Agent)
  })
})
