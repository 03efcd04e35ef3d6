// Prints what `fetch`, `upload` and `install()` dispatch with in a process that did something before it loaded the
// package: `node default-dispatcher.ts own|other <what> <url> <ca> <proxy>`.
import { createRequire } from 'node:module'
import type { Agent as AgentType } from 'undici'
import { libraryFile } from '../tested.ts'

/** The undici that is loaded first: this package's own, or another one that a client depends on. */
async function loaded(copy: string): Promise<typeof import('undici')> {
  if (copy === 'own') return import('undici')
  return createRequire(import.meta.resolve('urllib'))('undici')
}

const [copy = '', what = '', url = '', ca = '', proxy = ''] = process.argv.slice(2)
const legacy = Symbol.for('undici.globalDispatcher.1')
const places = globalThis as { [place: symbol]: unknown }
const { Agent, EnvHttpProxyAgent, Pool, ProxyAgent, RetryAgent, setGlobalDispatcher } =
  await loaded(copy)
const own = { connect: { ca } }

let dispatches = 0
const counted = (agent: AgentType) =>
  agent.compose((dispatch) => (options, handler) => {
    dispatches += 1
    return dispatch(options, handler)
  })

const befores: Record<string, () => unknown> = {
  nothing: () => {},
  'the platform’s fetch': () => fetch('data:,a'),
  'an Agent without options': () => setGlobalDispatcher(new Agent()),
  'an Agent with connect': () => setGlobalDispatcher(new Agent(own)),
  'an Agent with a factory': () =>
    setGlobalDispatcher(
      new Agent({ factory: (origin, options) => new Pool(origin, { ...options, ...own }) }),
    ),
  'a composed Agent': () => setGlobalDispatcher(counted(new Agent(own))),
  'a composed Agent without options': () => setGlobalDispatcher(counted(new Agent())),
  'a subclass of Agent': () => setGlobalDispatcher(new (class extends Agent {})(own)),
  'a RetryAgent': () => setGlobalDispatcher(new RetryAgent(new Agent(own))),
  'a ProxyAgent': () => setGlobalDispatcher(new ProxyAgent({ uri: proxy, requestTls: { ca } })),
  'an EnvHttpProxyAgent': () =>
    setGlobalDispatcher(
      new EnvHttpProxyAgent({
        httpProxy: proxy,
        httpsProxy: proxy,
        noProxy: '',
        requestTls: { ca },
      }),
    ),
}

await befores[what]?.()
const legacyBefore = places[legacy]
const library: typeof import('../../../lib/index.ts') = await import(libraryFile)
const { fetch: ownFetch, install, reportOf, upload } = library

const body = Buffer.alloc(2_000_000)
type FaceLine = readonly [face: string, outcome: unknown, reason?: unknown]

async function line(face: string, call: () => Promise<FaceLine>): Promise<FaceLine> {
  return await call().catch((error) => [face, error.cause?.code ?? error.code ?? String(error)])
}

const lines = [
  await line('upload', async () => {
    const { response, report } = await upload(url, body)
    return ['upload', response.status, report.reason]
  }),
  await line('fetch', async () => {
    const response = await ownFetch(url, { method: 'PUT', body })
    return ['fetch', response.status, reportOf(response)?.reason]
  }),
  await line('small', async () => {
    const { response, report } = await upload(url, 'abc')
    return ['small', response.status, report.reason]
  }),
  await line('always', async () => {
    const { response, report } = await upload(url, body, { expect: 'always' })
    return ['always', response.status, report.reason]
  }),
]
const kept = places[legacy] === legacyBefore
const uninstall = install()
lines.push(
  await line('install', async () => {
    const response = await fetch(url, { method: 'PUT', body })
    return ['install', response.status, reportOf(response)?.reason]
  }),
)
uninstall()
const restored = places[legacy] === legacyBefore
process.stdout.write(JSON.stringify({ lines, dispatches, kept, restored }))
process.exit()
