// Bun has its own undici, files and fetch.
import assert from 'node:assert/strict'
import {
  ExpectAgent,
  expectContinue,
  fetch,
  gatedPool,
  install,
  reportOf,
  upload,
} from 'expect-continue'
import { Agent as BunAgent } from 'undici'
import { Agent, request } from 'undici/index.js'

const [, , url, , , file] = process.argv
const bytes = await Bun.file(file).bytes()
const put = { method: 'PUT', body: bytes }

const own = await upload(`${url}/417`, Bun.file(file), { expect: 'always' })
console.log(`Bun.file(): ${own.response.status} ${own.report.outcome} ${own.report.sentBytes}`)

const undo = install({ expect: 'always' })
const installed = await globalThis.fetch(`${url}/413`, put)
undo()
console.log(`install(): ${installed.status} ${reportOf(installed).outcome}`)

const form = new FormData()
form.append('text', 'hello')
form.append('file', new File([bytes], 'name.bin'))
form.append('blob', new Blob([bytes]))
console.log(`a form: ${(await fetch(`${url}/go`, { method: 'POST', body: form })).status}`)

const dispatcher = new ExpectAgent({ expect: 'always' })
const { statusCode } = await request(`${url}/413`, { ...put, dispatcher })
console.log(`request() of undici/index.js: ${statusCode}`)

const composed = new Agent({ factory: gatedPool }).compose(expectContinue({ expect: 'always' }))
const { report } = await upload(`${url}/413`, bytes, { dispatcher: composed })
console.log(`an Agent of undici/index.js: ${report.outcome} ${report.sentBytes}`)

await assert.rejects(upload(`${url}/go`, bytes, { dispatcher: new BunAgent() }), {
  name: 'TypeError',
  message:
    "Option 'dispatcher' must be an undici Dispatcher; on Bun import its class from 'undici/index.js'",
})
console.log('an Agent of undici: refused')
await composed.close()
await dispatcher.close()
