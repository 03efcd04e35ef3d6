import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import type { FetchInput } from '../../lib/client/platform-fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin } from '../support/open-origin.ts'

/** An object with the shape of a Request, as from another realm. */
function foreignRequest(url: string, init: RequestInit): Request {
  const inner = new Request(url, init)
  const names = ['url', 'method', 'headers', 'body', 'bodyUsed', 'signal', 'redirect', 'integrity']
  const more = ['keepalive', 'cache', 'credentials', 'referrer', 'referrerPolicy']
  const shape = [...names, ...more].map((name) => [name, { get: () => Reflect.get(inner, name) }])
  const made = Object.defineProperties({}, Object.fromEntries(shape))
  return Object.defineProperty(made, Symbol.toStringTag, { value: 'Request' }) as Request
}

describe('fetch, given an object of another realm,', () => {
  const sent: Readonly<Record<string, (url: string) => [input: FetchInput, init?: FetchInit]>> = {
    'an ArrayBuffer': (url) => [
      url,
      { body: runInNewContext('new Uint8Array([104, 105]).buffer') as ArrayBuffer },
    ],
    'a Uint8Array': (url) => [url, { body: runInNewContext('new Uint8Array([104, 105])') }],
    'a generator': (url) => [
      url,
      { body: runInNewContext('(function* () { yield new Uint8Array([104, 105]) })()') },
    ],
    'an async generator': (url) => [
      url,
      { body: runInNewContext('(async function* () { yield new Uint8Array([104, 105]) })()') },
    ],
    'a function': (url) => [url, { body: runInNewContext("() => 'hi'") }],
    'a URL': (url) => [Object.assign(Object.create({ toString: () => url }), {}), { body: 'hi' }],
    'a Request': (url) => [foreignRequest(url, { method: 'POST', body: 'hi' })],
  }
  for (const [name, make] of Object.entries(sent)) {
    it(`accepts ${name}`, async () => {
      const origin = await openOrigin({ keepContent: true })
      const [input, init] = make(origin.url)
      const method = name === 'a Request' ? {} : { method: 'POST' }
      const response = await fetch(input, { ...method, ...init, dispatcher: agentFor() })
      expect(response.status).to.equal(201)
      expect(origin.requests.map(({ content }) => String(content))).to.deep.equal(['hi'])
    })
  }
})

describe('content of another realm that fails', () => {
  const contents = {
    'a generator': "(function* () { yield 'h'; throw new RangeError('mine') })()",
    'an async generator': "(async function* () { yield 'h'; throw new RangeError('mine') })()",
    'a function': "() => { throw new RangeError('mine') }",
    'an async function': "async () => { throw new RangeError('mine') }",
  }
  for (const [name, code] of Object.entries(contents)) {
    it(`fails the upload with its own error: ${name}`, async () => {
      const { url } = await openOrigin()
      const dispatcher = agentFor()
      const body = (): ContentInput => runInNewContext(code)
      const error = await upload(url, body(), { dispatcher }).catch((reason) => reason)
      expect(error).to.include({ name: 'RangeError', message: 'mine' })
      const init = { method: 'PUT', body: body(), dispatcher }
      const failure = await fetch(url, init).catch((reason) => reason)
      expect(failure.cause).to.include({ name: 'RangeError', message: 'mine' })
    })
  }
})
