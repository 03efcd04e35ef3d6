import { expect } from 'chai'
import { request } from 'undici'
import { fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin } from '../support/open-origin.ts'

async function* fiveBytes(): AsyncGenerator<string> {
  yield '12345'
}

type Headers = Record<string, string> | [string, string][]

const faces: Record<string, (url: string, body: unknown, headers: Headers) => Promise<unknown>> = {
  upload: (url, body, headers) => upload(url, body as string, { headers, dispatcher: agentFor() }),
  fetch: (url, body, headers) =>
    fetch(url, { method: 'PUT', body: body as string, headers, dispatcher: agentFor() }),
  'a dispatcher': async (url, body, headers) => {
    const flat = [Array.isArray(headers) ? headers : Object.entries(headers)].flat(2)
    const init = { method: 'PUT', body, headers: flat, dispatcher: agentFor() }
    await (await request(url, init as object)).body.dump()
  },
}

const contents = { 'of known length': () => '12345', 'of unknown length': () => fiveBytes() }
const bad = ['0x5', '+5', '-5', '5.0', '5e0', '0b101', '5 5', '5, 5', 'five', '', `${2 ** 53}`]

/** The error of a call, without the TypeError of fetch. */
async function failureOf(sent: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  const error = await sent.then(
    () => new Error('It did not fail'),
    (reason) => reason,
  )
  return error.cause ?? error
}

for (const [face, send] of Object.entries(faces)) {
  describe(`a Content-Length through ${face}`, () => {
    for (const [kind, make] of Object.entries(contents)) {
      for (const value of bad) {
        it(`is rejected before anything is sent: '${value}', content ${kind}`, async () => {
          const origin = await openOrigin()
          const sent = send(origin.url, make(), { 'content-length': value })
          const error = await failureOf(sent)
          expect(error).to.have.property('code', 'UND_ERR_INVALID_ARG')
          expect(error.message).to.include(`Content-Length '${value}'`)
          expect(origin.connections).to.equal(0)
        })
      }

      it(`is accepted when it is correct, content ${kind}`, async () => {
        const origin = await openOrigin()
        await send(origin.url, make(), { 'content-length': '5' })
        expect(origin.requests[0]).to.include({ bytes: 5, status: 201 })
        expect(origin.requests[0]?.headers).to.include({ 'content-length': '5' })
      })
    }
  })
}

describe('a Content-Length', () => {
  for (const headers of [
    ['content-length', '5', 'Content-Length', '5'],
    ['content-length', '5', 'content-length', '6'],
    { 'content-length': '5', 'Content-Length': '5' },
    { 'content-length': ['5', '5'] },
  ]) {
    it(`is rejected when there are two: ${JSON.stringify(headers)}`, async () => {
      const origin = await openOrigin()
      const init = { method: 'PUT', body: '12345', headers, dispatcher: agentFor() } as object
      const error = await request(origin.url, init).catch((reason) => reason)
      expect(error).to.have.property('code', 'UND_ERR_INVALID_ARG')
      expect(error.message).to.include('Content-Length')
      expect(origin.connections).to.equal(0)
    })
  }

  it('may be a number, as in undici', async () => {
    const origin = await openOrigin()
    const headers = { 'content-length': 5 }
    const init = { method: 'PUT', body: '12345', headers, dispatcher: agentFor() } as object
    await (await request(origin.url, init)).body.dump()
    expect(origin.requests[0]).to.include({ bytes: 5 })
  })
})
