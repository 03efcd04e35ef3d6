import { expect } from 'chai'
import { Headers as UndiciHeaders } from 'undici'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import type { SeenRequest, TestOrigin } from '../../lib/testing/index.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin } from '../support/open-origin.ts'

const body = 'hello'
const own = { 'X-Own': '1', 'Content-Type': 'video/h264', Cookie: 'a=1' }
const pairs = Object.entries(own)

/** The request without the host. */
const sent = ({ method, path, headers: { host: _, ...headers }, content }: SeenRequest) => ({
  method,
  path,
  headers,
  content: String(content),
})

const origin = (): Promise<TestOrigin> => openOrigin({ keepContent: true })

/** The request that was sent, or the name of the error. */
async function madeOf(call: typeof fetch, init: object): Promise<unknown> {
  const { url, requests } = await origin()
  const failure = await call(`${url}/a?b=c`, init as FetchInit).then(
    () => null,
    (error: Error) => error.name,
  )
  return failure ?? requests.map(sent)
}

const platform = globalThis.fetch as typeof fetch

/** Made anew for each use, because some can be used only once. */
const inits: Readonly<Record<string, () => object>> = {
  'headers of the platform': () => ({ headers: new Headers(own) }),
  'headers of the undici package': () => ({ headers: new UndiciHeaders(own) }),
  'headers in an object': () => ({ headers: own }),
  'headers in entries': () => ({ headers: pairs }),
  'headers in a Map': () => ({ headers: new Map(pairs) }),
  'headers from a generator': () => ({
    headers: (function* () {
      yield* pairs
    })(),
  }),
  'headers of the same name': () => ({
    headers: [
      ['x-own', '1'],
      ['X-Own', '2'],
    ],
  }),
  'headers that are no text': () => ({ headers: { 'x-number': 5, 'x-none': undefined } }),
  'headers with white space around': () => ({ headers: { 'x-own': ' 1\t' } }),
  'a connection that is to be closed': () => ({ headers: { Connection: 'Close' } }),
  'headers that cannot be sent': () => ({ headers: { 'x-own': 'a\r\nb: c' } }),
  'no headers': () => ({}),
  'a method in small letters': () => ({ method: 'put' }),
  'a method that stays as it is': () => ({ method: 'pAtCh' }),
  'a method that is forbidden': () => ({ method: 'TRACE' }),
  'a mode, a cache and credentials': () => ({
    mode: 'cors',
    cache: 'no-store',
    credentials: 'omit',
  }),
  'a cache that reloads': () => ({ cache: 'reload' }),
  'a referrer': () => ({ referrer: 'http://127.0.0.1/', referrerPolicy: 'unsafe-url' }),
  'keepalive and a priority': () => ({ keepalive: true, priority: 'high' }),
  'a signal that is null': () => ({ signal: null }),
  'a redirect that does not exist': () => ({ redirect: 'sometimes' }),
  'a duplex': () => ({ duplex: 'half' }),
  'a duplex that does not exist': () => ({ duplex: 'full' }),
  'unknown names': () => ({ retries: 3, onprogress: 1, agent: null, next: {} }),
}

describe("fetch's init", () => {
  for (const [name, make] of Object.entries(inits)) {
    for (const content of [{ method: 'POST', body }, {}]) {
      it(`may have ${name}, ${'body' in content ? 'with' : 'without'} a body`, async () => {
        const theirs = await madeOf(platform, { ...content, ...make() })
        const ours = await madeOf(fetch, { ...content, ...make(), dispatcher: agentFor() })
        expect(ours).to.deep.equal(theirs)
      })
    }
  }
})

type Shape = (fields: Record<string, string>) => object

const shapes: Readonly<Record<string, Shape>> = {
  'headers of the platform': (fields) => new Headers(fields),
  'headers of the undici package': (fields) => new UndiciHeaders(fields),
  'headers in an object': (fields) => fields,
  'headers in entries': (fields) => Object.entries(fields),
}

describe("fetch's Host", () => {
  for (const content of [{ method: 'POST', body }, {}]) {
    it(`is that of the URL, regardless of init, ${'body' in content ? 'with' : 'without'} a body`, async () => {
      const { url, requests } = await origin()
      const headers = { Host: 'elsewhere.example' }
      await fetch(url, { ...content, headers, dispatcher: agentFor() })
      expect(requests.map((each) => each.headers.host)).to.deep.equal([new URL(url).host])
    })
  }
})

describe("fetch's Expect", () => {
  for (const [name, shape] of Object.entries(shapes)) {
    for (const [value, content, asked] of [
      ['100-continue', body, true],
      ['', Buffer.alloc(2_000_000), false],
    ] as const) {
      it(`is honoured in ${name} when it is '${value}'`, async () => {
        const { url, requests } = await origin()
        const headers = shape({ Expect: value }) as Headers
        await fetch(url, { method: 'PUT', body: content, headers, dispatcher: agentFor() })
        expect(requests.map((each) => [each.asked, each.bytes])).to.deep.equal([
          [asked, content.length],
        ])
      })
    }
  }
})
