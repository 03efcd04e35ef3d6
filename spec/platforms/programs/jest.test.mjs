// Jest runs a test in a vm: the package is loaded there, with globals of that realm and of Node.
import { createReadStream, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import {
  createFetch,
  ExpectAgent,
  fetch,
  fromFile,
  install,
  reportOf,
  upload,
} from 'expect-continue'
import { startOrigin } from 'expect-continue/testing'

const [url, , , file] = JSON.parse(process.env.EXCHANGE)
const bytes = readFileSync(file)
const told = { go: ['continued', 2097152], 413: ['refused', 0], 417: ['replayed', 2097152] }
const statuses = { go: 201, 413: 413, 417: 201 }

async function* pieces() {
  for (let i = 0; i < 32; i++) yield bytes.subarray(i * 65_536, (i + 1) * 65_536)
}

const contents = {
  bytes: () => bytes,
  'a Uint8Array': () => new Uint8Array(bytes),
  'an ArrayBuffer': () => new Uint8Array(bytes).buffer,
  'a Blob': () => new Blob([bytes]),
  'a file': () => fromFile(file),
  'a stream': () => createReadStream(file),
  'a web stream': () => Readable.toWeb(createReadStream(file)),
  'a generator': () => pieces(),
  'a function': () => pieces,
}

let dispatcher
beforeEach(() => {
  dispatcher = new ExpectAgent({ expect: 'always' })
})
afterEach(() => dispatcher.close())

for (const [kind, content] of Object.entries(contents)) {
  for (const answer of ['go', '413', '417']) {
    test(`upload: ${kind}, ${answer}`, async () => {
      const { response, report } = await upload(`${url}/${answer}`, content(), { dispatcher })
      await response.arrayBuffer()
      expect(response.status).toBe(statuses[answer])
      expect([report.outcome, report.sentBytes]).toEqual(told[answer])
    })

    test(`fetch: ${kind}, ${answer}`, async () => {
      const init = { method: 'PUT', body: content(), duplex: 'half', dispatcher }
      const response = await fetch(`${url}/${answer}`, init)
      await response.arrayBuffer()
      expect(response.status).toBe(statuses[answer])
      expect(reportOf(response)).toMatchObject({ outcome: told[answer][0] })
    })
  }
}

test('fetch: a Request, a form, search parameters, an AbortSignal', async () => {
  const ask = createFetch({ expect: 'always' })
  const put = { method: 'PUT', body: bytes }
  expect((await ask(new Request(`${url}/413`, put))).status).toBe(413)
  const form = new FormData()
  form.append('file', new Blob([bytes]), 'name')
  expect((await ask(`${url}/417`, { method: 'POST', body: form })).status).toBe(201)
  const body = new URLSearchParams({ a: 'b' })
  expect((await ask(`${url}/go`, { method: 'POST', body })).status).toBe(201)
  const { signal } = new AbortController()
  expect((await ask(`${url}/go`, { ...put, signal, headers: new Headers() })).status).toBe(201)
  await expect(ask(`${url}/go`, { ...put, signal: AbortSignal.abort() })).rejects.toThrow(/abort/)
})

test('install() replaces the fetch of the test', async () => {
  const undo = install({ expect: 'always' })
  const response = await globalThis.fetch(`${url}/413`, { method: 'PUT', body: bytes })
  undo()
  expect(reportOf(response)).toMatchObject({ outcome: 'refused', sentBytes: 0 })
})

test('startOrigin() listens within the test', async () => {
  const origin = await startOrigin({ mode: 413 })
  const { report } = await upload(origin.url, bytes, { dispatcher })
  expect([report.outcome, origin.requests[0].bytes]).toEqual(['refused', 0])
  await origin.close()
})
