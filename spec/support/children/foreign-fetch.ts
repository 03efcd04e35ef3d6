import { Readable } from 'node:stream'
import nodeFetch from 'node-fetch'
import { request } from 'undici'

/** Implementations of fetch that ignore the `dispatcher` option. */
const platform = globalThis.fetch
const foreign: Readonly<Record<string, unknown>> = {
  'a wrapper that builds a new init': (input: string, init: RequestInit = {}) => {
    const { method, headers, body, signal } = init
    return platform(input, { method, headers, body, signal } as RequestInit)
  },
  'a wrapper that waits first': async (input: Request | string, init: RequestInit = {}) => {
    await new Promise(setImmediate)
    const { dispatcher: _, ...rest } = init as { dispatcher?: unknown }
    return platform(input, rest)
  },
  'node-fetch': nodeFetch,
}

// A runtime with its own fetch, such as Deno, behaves the same.
const [name = '', url = ''] = process.argv.slice(2)
if (name in foreign) globalThis.fetch = foreign[name] as typeof globalThis.fetch

const { createFetch, ExpectAgent, fetch, install, upload } = await import('../../../lib/index.ts')
const undo = install()
const faces = {
  fetch,
  'createFetch()': createFetch(),
  'install()': globalThis.fetch as typeof fetch,
}
undo()

const text = 'hello'
const form = new FormData()
form.append('a', text)
const init = { method: 'PUT', duplex: 'half' } as const
const bodies: Readonly<Record<string, () => [unknown, object?]>> = {
  'a string': () => [url, { ...init, body: text }],
  'a Node stream': () => [url, { ...init, body: Readable.from([text]) }],
  'a Request of a string': () => [new Request(url, { ...init, body: text })],
  'a Request of a Blob': () => [new Request(url, { ...init, body: new Blob([text]) })],
  'a Request of a form': () => [new Request(url, { ...init, body: form })],
  'a Request of a stream': () => [new Request(url, { ...init, body: new Blob([text]).stream() })],
}

for (const [face, call] of Object.entries(faces)) {
  for (const [body, make] of Object.entries(bodies)) {
    const response = await call(...(make() as Parameters<typeof fetch>))
    console.log(`${face}, ${body}: ${response.status} ${await response.text()}`)
  }
  console.log(`${face}, nothing: ${(await call(url)).status}`)
}

const { response } = await upload(url, text)
console.log(`upload: ${response.status} ${await response.text()}`)
const own = {
  method: 'PUT',
  body: text,
  dispatcher: new ExpectAgent({ expect: 'always' }),
} as const
const { statusCode, body } = await request(url, own)
console.log(`request: ${statusCode} ${await body.text()}`)
process.exit()
