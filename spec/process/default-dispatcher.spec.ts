import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startChild } from '../support/child.ts'
import { closeLater } from '../support/closing.ts'
import { type Identity, identity } from '../support/identity.ts'
import { httpProxy, type TestProxy } from '../support/proxies.ts'
import { type Receipt, receiver } from '../support/receiver.ts'

/** What the child printed, and what the origin and the proxy saw. */
interface Seen {
  readonly lines: readonly (readonly [face: string, outcome: unknown, reason?: unknown])[]
  readonly dispatches: number
  readonly kept: boolean
  readonly restored: boolean
  readonly receipts: readonly Receipt[]
  readonly proxy: TestProxy
  /** How many connections the origin had. */
  readonly connections: number
}

interface Scene {
  readonly scheme?: 'http' | 'https'
  /** Which undici is loaded first: this package's, or another version that a client depends on. */
  readonly copy?: 'own' | 'other'
  /** The program and its first arguments. */
  readonly command?: (proxy: string) => readonly string[]
}

const node = process.execPath
let secret: Identity

async function run(
  what: string,
  { scheme = 'https', copy = 'own', command }: Scene = {},
): Promise<Seen> {
  const server = scheme === 'https' ? createTlsServer(secret) : createServer()
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  const { url, receipts } = await receiver(server, scheme)
  const proxy = await httpProxy()
  const at = `http://${proxy.host}`
  const args = [copy, what, url, secret.cert, at]
  const printed = await startChild('default-dispatcher.ts', args, command?.(at)).printed
  return { ...JSON.parse(printed), receipts, proxy, connections }
}

/** Starts Node with these environment variables, and without those of proxies. */
function withVariables(...values: string[]): (proxy: string) => readonly string[] {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy', 'node_use_env_proxy']
  const unset = names.flatMap((name) => ['-u', name, '-u', name.toUpperCase()])
  return (proxy) => [
    'env',
    ...unset,
    ...values.map((value) => value.replace('$PROXY', proxy)),
    node,
  ]
}

const asks = (face: string) => [face, 201, face === 'always' ? 'always' : 'threshold']
const allAsk = [asks('upload'), asks('fetch'), ['small', 201, 'below-threshold'], asks('always')]
const unasked = [
  ['upload', 201, 'no-gate'],
  ['fetch', 201, 'no-gate'],
  ['small', 201, 'below-threshold'],
  ['always', 'ERR_EXPECT_NO_GATE'],
]

describe('the dispatcher of a process', () => {
  before(async () => {
    secret = await identity()
  })

  for (const what of ['nothing', 'the platform’s fetch', 'an Agent without options']) {
    it(`is an ExpectAgent after ${what}`, async () => {
      const { lines, kept, restored } = await run(what, {
        scheme: 'http',
        command: withVariables(),
      })
      expect(lines).to.eql([...allAsk, asks('install')])
      expect([kept, restored]).to.eql([true, true])
    })
  }

  for (const what of [
    'an Agent with connect',
    'an Agent with a factory',
    'a composed Agent',
    'a subclass of Agent',
    'a RetryAgent',
  ]) {
    it(`is used with its CA, without an expectation, when it was set before: ${what}`, async () => {
      const { lines, dispatches, kept, restored } = await run(what, { command: withVariables() })
      expect(lines.slice(0, 4)).to.eql(unasked)
      expect(dispatches).to.equal(what.includes('composed') ? 4 : 0)
      expect([kept, restored]).to.eql([true, true])
    })
  }

  it('is an ExpectAgent after another undici', async () => {
    const scene = { scheme: 'http', copy: 'other', command: withVariables() } as const
    const { lines, kept, restored } = await run('nothing', scene)
    expect(lines).to.eql([...allAsk, asks('install')])
    expect([kept, restored]).to.eql([true, true])
  })

  for (const what of ['an Agent with connect', 'a composed Agent', 'an EnvHttpProxyAgent']) {
    it(`is used when another undici has set it before: ${what}`, async () => {
      const { lines, kept, restored } = await run(what, { copy: 'other', command: withVariables() })
      expect(lines.slice(0, 4)).to.eql(unasked)
      expect([kept, restored]).to.eql([true, true])
    })
  }

  it('is used with its interceptors when it was set before', async () => {
    const scene = { scheme: 'http', command: withVariables() } as const
    const { lines, dispatches } = await run('a composed Agent without options', scene)
    expect(lines.slice(0, 4)).to.eql(unasked)
    expect(dispatches).to.equal(4)
  })

  for (const what of ['a ProxyAgent', 'an EnvHttpProxyAgent']) {
    for (const scheme of ['http', 'https'] as const) {
      it(`is used with its proxy when it was set before: ${what}, ${scheme}`, async () => {
        const { lines, receipts, proxy } = await run(what, { scheme, command: withVariables() })
        expect(lines.slice(0, 4)).to.eql(unasked)
        expect(proxy.heads).not.to.be.empty
        expect(receipts).to.have.length(scheme === 'http' ? 4 : 3)
      })
    }
  }
})

describe('NODE_USE_ENV_PROXY', () => {
  before(async () => {
    secret = await identity()
  })

  const switches: Record<string, (proxy: string) => readonly string[]> = {
    'NODE_USE_ENV_PROXY=1': withVariables('NODE_USE_ENV_PROXY=1', 'HTTP_PROXY=$PROXY'),
    'the variable and http_proxy': withVariables('NODE_USE_ENV_PROXY=1', 'http_proxy=$PROXY'),
    '--use-env-proxy': (proxy) => [...withVariables('HTTP_PROXY=$PROXY')(proxy), '--use-env-proxy'],
    'NODE_OPTIONS=--use-env-proxy': withVariables(
      'NODE_OPTIONS=--use-env-proxy',
      'HTTP_PROXY=$PROXY',
    ),
  }
  for (const [name, command] of Object.entries(switches)) {
    it(`sends uploads through the proxies in the environment: ${name}`, async () => {
      const { lines, proxy, receipts, connections, kept, restored } = await run('nothing', {
        scheme: 'http',
        command,
      })
      expect(lines).to.eql([...allAsk, asks('install')])
      expect(receipts).to.have.length(5)
      expect(proxy.heads.every((head) => head.startsWith('PUT http://127.0.0.1:'))).to.equal(true)
      expect(proxy.heads).to.have.length(connections)
      expect([kept, restored]).to.eql([true, true])
    })
  }

  it('sends uploads to https origins through HTTP_PROXY, as Node does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
    closeLater(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, secret.cert)
    const values = ['NODE_USE_ENV_PROXY=1', 'HTTP_PROXY=$PROXY', `NODE_EXTRA_CA_CERTS=${file}`]
    const { lines, proxy, connections } = await run('nothing', {
      command: withVariables(...values),
    })
    expect(lines).to.eql([...allAsk, asks('install')])
    expect(proxy.heads.every((head) => head.startsWith('CONNECT 127.0.0.1:'))).to.equal(true)
    expect(proxy.heads).to.have.length(connections)
  })

  const offs: Record<string, (proxy: string) => readonly string[]> = {
    'another value': withVariables('NODE_USE_ENV_PROXY=true', 'HTTP_PROXY=$PROXY'),
    'no switch': withVariables('HTTP_PROXY=$PROXY'),
    '--no-use-env-proxy': (proxy) => [
      ...withVariables('NODE_USE_ENV_PROXY=1', 'HTTP_PROXY=$PROXY')(proxy),
      '--no-use-env-proxy',
    ],
    NO_PROXY: withVariables('NODE_USE_ENV_PROXY=1', 'HTTP_PROXY=$PROXY', 'NO_PROXY=127.0.0.1'),
    'ALL_PROXY alone': withVariables('NODE_USE_ENV_PROXY=1', 'ALL_PROXY=$PROXY'),
  }
  for (const [name, command] of Object.entries(offs)) {
    it(`has no effect with ${name}`, async () => {
      const { lines, proxy } = await run('nothing', { scheme: 'http', command })
      expect(lines).to.eql([...allAsk, asks('install')])
      expect(proxy.heads).to.eql([])
    })
  }

  it('has no effect on a dispatcher that was set', async () => {
    const command = withVariables('NODE_USE_ENV_PROXY=1', 'HTTP_PROXY=http://127.0.0.1:1')
    const { lines } = await run('an Agent with connect', { command })
    expect(lines.slice(0, 4)).to.eql(unasked)
  })
})
