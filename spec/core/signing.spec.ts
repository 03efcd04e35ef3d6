import { Readable } from 'node:stream'
import { expect } from 'chai'
import { Agent, type Dispatcher, request } from 'undici'
import { fetch } from '../../lib/client/fetch.ts'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { upload } from '../../lib/client/upload.ts'
import { gatedPool } from '../../lib/connection/pool.ts'
import type { ExpectOptions } from '../../lib/options/options.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { type SeenRequest, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { signal } from '../support/signal.ts'
import { tlsFront } from '../support/tls-front.ts'
import { turns } from '../support/turns.ts'

const content = noise(200_000)
const stream = (): Readable => Readable.from([content.subarray(0, 1000), content.subarray(1000)])

/** Tokens that are valid once, for one host. */
class Tokens {
  readonly issued: string[] = []

  issue({ method, origin, path }: Dispatcher.DispatchOptions): string {
    const token = `${method} ${new URL(String(origin)).host}${path} ${this.issued.length + 1}`
    this.issued.push(token)
    return token
  }

  /** Fails unless each request had a token of its own, in the order of issue. */
  check(requests: readonly SeenRequest[]): void {
    const sentTokens = requests.map(({ headers }) => headers['x-token'])
    expect(sentTokens).to.deep.equal(this.issued)
    for (const { method, path, headers } of requests) {
      expect(headers['x-token']).to.match(new RegExp(`^${method} ${headers.host}${path} `))
    }
  }
}

type Sign = (tokens: Tokens) => Dispatcher.DispatcherComposeInterceptor

function withToken(options: Dispatcher.DispatchOptions, token: string): Dispatcher.DispatchOptions {
  const { headers } = options
  const others = Array.isArray(headers) ? headers : Object.entries(headers ?? {}).flat()
  return { ...options, headers: [...(others as string[]), 'x-token', token] }
}

const ways: Record<string, Sign> = {
  'at once': (tokens) => (dispatch) => (options, handler) =>
    dispatch(withToken(options, tokens.issue(options)), handler),
  'when it has been thought about': (tokens) => (dispatch) => (options, handler) => {
    const sign = async (): Promise<void> => {
      await turns()
      dispatch(withToken(options, tokens.issue(options)), handler)
    }
    sign().catch((error: Error) => handler.onResponseError?.(null as never, error))
    return true
  },
  'in an async function': (tokens) => (dispatch) => {
    const sign = async (
      options: Dispatcher.DispatchOptions,
      handler: Dispatcher.DispatchHandler,
    ): Promise<boolean> => {
      await turns()
      return dispatch(withToken(options, tokens.issue(options)), handler)
    }
    return sign as never
  },
}

function signing(
  interceptor: Dispatcher.DispatcherComposeInterceptor,
  options: ExpectOptions = {},
): Dispatcher {
  const agent = new Agent({ factory: gatedPool, connect: { rejectUnauthorized: false } })
  closeLater(() => agent.destroy())
  const own = { expect: 'always', continueTimeout: 60_000, memory: new RouteMemory() } as const
  return agent.compose(interceptor, expectContinue({ ...own, ...options }))
}

type Send = (url: string, dispatcher: Dispatcher) => Promise<number>

const faces: Record<string, Send> = {
  upload: async (url, dispatcher) => (await upload(url, stream(), { dispatcher })).response.status,
  fetch: async (url, dispatcher) =>
    (await fetch(url, { method: 'PUT', body: stream(), dispatcher })).status,
  'undici’s request': async (url, dispatcher) =>
    (await request(url, { method: 'PUT', body: stream(), dispatcher })).statusCode,
}

/** Two servers. The first gives each response that leads to another attempt, and redirects to the second. */
async function servers(tls: object): Promise<{ far: TestOrigin; near: TestOrigin }> {
  const modes = [
    { status: 503, headers: { 'retry-after': '0' } },
    { status: 307, headers: { location: '/moved' } },
    417,
  ] as const
  let count = 0
  const near = await startOrigin({ ...tls, mode: () => modes[count++] ?? 'go' })
  const location = `${near.url}/file`
  const far = await startOrigin({
    ...tls,
    mode: ({ headers }) =>
      headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
        : { status: 308, headers: { location } },
  })
  for (const each of [far, near]) closeLater(() => each.close())
  return { far, near }
}

for (const [way, sign] of Object.entries(ways)) {
  describe(`an interceptor below expectContinue() that signs ${way}`, () => {
    for (const [name, send] of Object.entries(faces)) {
      for (const secure of [false, true]) {
        it(`signs each attempt: ${name}${secure ? ', TLS' : ''}`, async () => {
          const { far, near } = await servers(secure ? { tls: await identity() } : {})
          const tokens = new Tokens()
          const dispatcher = signing(sign(tokens), {
            redirect: 'follow',
            retry: { count: 1, minDelay: 0 },
            authenticate: () => ({ authorization: 'Basic x' }),
          })
          expect(await send(`${far.url}/file`, dispatcher)).to.equal(201)
          const requests = [...far.requests, ...near.requests]
          tokens.check(requests)
          expect(requests.map(({ status }) => status)).to.deep.equal([401, 308, 503, 307, 417, 201])
          expect(requests.map(({ bytes }) => bytes).slice(0, -1)).to.deep.equal([0, 0, 0, 0, 0])
          expect(requests.at(-1)?.sha256).to.equal(sha256(content))
        })
      }
    }

    it('signs each attempt over HTTP/2', async () => {
      const sentTokens: unknown[] = []
      const front = await tlsFront(['h2'], (message, response, asked) => {
        sentTokens.push(message.headers['x-token'])
        if (asked) response.writeHead(417).end()
        else message.resume().on('end', () => response.end())
      })
      const tokens = new Tokens()
      const { response } = await upload(`${front.url}/file`, stream(), {
        dispatcher: signing(sign(tokens)),
      })
      expect(response.status).to.equal(200)
      // The first attempt failed in the handshake, because it offered HTTP/1.1 only.
      expect(sentTokens).to.deep.equal(tokens.issued.slice(1)).and.have.lengthOf(2)
    })

    it('signs a fresh attempt after a stale connection', async () => {
      const tokens = new Tokens()
      const origin = await startOrigin()
      closeLater(() => origin.close())
      const dispatcher = signing(sign(tokens))
      await upload(origin.url, stream(), { dispatcher })
      await turns()
      let first = true
      origin.mode = () => {
        const mode = first ? 408 : 'go'
        first = false
        return mode
      }
      const { response, report } = await upload(origin.url, stream(), { dispatcher })
      expect(response.status).to.equal(201)
      const reasons = report.attempts.map(({ reason }) => reason)
      expect(reasons).to.deep.equal(['first', 'fresh-connection'])
      tokens.check(origin.requests)
    })
  })
}

describe('an interceptor below expectContinue() that cannot sign', () => {
  const reason = new Error('no key')
  const failing: Record<string, Dispatcher.Dispatch> = {
    'throws at once': () => {
      throw reason
    },
    'calls onResponseError later': (_options, handler) => {
      setImmediate(() => handler.onResponseError?.(null as never, reason))
      return true
    },
    'is an async function': (() => Promise.reject(reason)) as never,
  }
  for (const [name, fails] of Object.entries(failing)) {
    for (const [which, last] of Object.entries({ 'the first attempt': 1, 'the next one': 2 })) {
      it(`fails the upload, with the content unread: it ${name}, at ${which}`, async () => {
        const origin = await startOrigin({ mode: 417 })
        closeLater(() => origin.close())
        let attempts = 0
        const dispatcher = signing((dispatch) => (options, handler) => {
          attempts += 1
          return attempts < last ? dispatch(options, handler) : fails(options, handler)
        })
        const source = stream()
        const error = await upload(origin.url, source, { dispatcher }).catch((e) => e)
        expect(error).to.equal(reason)
        expect(attempts).to.equal(last)
        expect(source.readableDidRead).to.equal(false)
        expect(source.destroyed).to.equal(true)
        await dispatcher.close()
      })
    }
  }

  it('sends nothing for an upload that was aborted in the meantime', async () => {
    const origin = await startOrigin()
    closeLater(() => origin.close())
    const aborted = signal()
    const dispatched = signal()
    const interceptor: Dispatcher.DispatcherComposeInterceptor =
      (dispatch) => (options, handler) => {
        aborted.raised
          .then(() => dispatch(options, handler))
          .then(() => dispatched.raise())
          .catch(() => {})
        return true
      }
    const dispatcher = signing(interceptor)
    const ending = new AbortController()
    const options = { dispatcher, signal: ending.signal }
    const failing = upload(origin.url, stream(), options).catch((error) => error)
    await turns()
    ending.abort()
    expect(await failing).to.equal(ending.signal.reason)
    aborted.raise()
    await dispatched.raised
    await dispatcher.close()
    expect(origin.requests).to.deep.equal([])
  })
})

describe("a redirect that is returned with redirect: 'manual'", () => {
  type Manual = (url: string, body: Readable, headers: Record<string, string>) => Promise<Response>
  const manual: Record<string, Manual> = {
    upload: async (url, body, headers) => {
      const dispatcher = agentFor()
      const options = { redirect: 'manual', headers, dispatcher } as const
      return (await upload(url, body, options)).response
    },
    fetch: (url, body, headers) =>
      fetch(url, { method: 'PUT', body, redirect: 'manual', headers, dispatcher: agentFor() }),
  }
  for (const [name, send] of Object.entries(manual)) {
    it(`leaves the stream unread, and the caller signs and sends it: ${name}`, async () => {
      const near = await startOrigin()
      const location = `${near.url}/file`
      const far = await startOrigin({ mode: { status: 307, headers: { location } } })
      for (const each of [far, near]) closeLater(() => each.close())
      const source = stream()
      const response = await send(far.url, source, { 'x-token': 'far' })
      expect(response.status).to.equal(307)
      expect(response.headers.get('location')).to.equal(location)
      await response.text()
      expect(source.readableDidRead).to.equal(false)
      expect(source.destroyed).to.equal(false)
      const next = await send(location, source, { 'x-token': 'near' })
      expect(next.status).to.equal(201)
      expect(far.requests[0]).to.include({ bytes: 0 })
      expect(near.requests[0]).to.include({ sha256: sha256(content) })
      expect(near.requests[0]?.headers['x-token']).to.equal('near')
    })
  }
})
