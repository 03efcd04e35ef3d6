import { expect } from 'chai'
import { request } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import { faces } from '../support/all-faces.ts'
import { agentFor, type Sending } from '../support/faces.ts'
import { guarded, statuses } from '../support/guarded.ts'

const method = (text: string): Sending => ({ method: text as 'PUT' })
const field = (name: string, value: string): Sending => ({ headers: { [name]: value } })

/** Attempts to add a line or a request to the head. */
const injections: readonly (readonly [string, Sending])[] = [
  ['a method followed by a request', method('PUT /evil HTTP/1.1\r\nevil: 1\r\n\r\nPUT')],
  ['a method with a line end', method('PUT\n')],
  ['a method with a blank', method('PUT /evil')],
  ['a method with a NUL', method('PUT\0')],
  ['a name with a line end', field('x\r\nevil', '1')],
  ['a name with a colon', field('x: 1\nevil', '1')],
  ['a name with a blank', field('x evil', '1')],
  ['a name outside ASCII', field('\u0145', '1')],
  ['no name', field('', '1')],
  ['a value with a line end', field('x', '1\r\nevil: 1')],
  ['a value with a bare CR', field('x', '1\revil: 1')],
  ['a value with a bare LF', field('x', '1\nevil: 1')],
  ['a value with a blank line', field('x', '1\r\n\r\nPUT /evil HTTP/1.1')],
  ['a value with a NUL', field('x', '1\0evil')],
  ['a value whose characters end in CR and LF', field('x', '1\u010d\u010aevil: 1')],
  ['a length with a line end', field('content-length', '7\r\nevil: 1')],
  ['an invalid length', field('content-length', 'x')],
  ['a length that is negative', field('content-length', '-7')],
  ['a length that is another', field('content-length', '3')],
  ['a coding', field('transfer-encoding', 'chunked')],
  ['an upgrade with a line end', field('upgrade', 'x\r\nevil: 1')],
  ['an expectation with a line end', field('expect', '100-continue\r\nevil: 1')],
  ['a host with a line end', field('host', 'x\r\nevil: 1')],
]

for (const { name, open } of faces) {
  for (const expectation of ['always', 'never'] as const) {
    describe(`a caller of ${name} (expect ${expectation})`, () => {
      for (const [what, sending] of injections) {
        it(`adds nothing to the head with ${what}`, async () => {
          const origin = await guarded('go', { keepContent: true })
          const own = { ...sending, expect: expectation }
          const failed = await open()(origin.url, 'content', own).then(
            () => false,
            () => true,
          )
          // What is not refused is harmless: fetch removes the fields that it frames with.
          for (const { method, path, headers } of origin.requests) {
            expect(`${method} ${path}`).to.equal('PUT /')
            expect(headers).not.to.have.any.keys('evil', 'x')
          }
          // A wrong length of a stream is only found after the 100; the message stays incomplete.
          const complete = origin.requests.filter(({ sha256 }) => sha256 !== '')
          expect(complete.map(({ content }) => String(content))).to.eql(failed ? [] : ['content'])
        })
      }
    })
  }
}

describe('a request target', () => {
  for (const path of [
    '/a b',
    '/a\r\nevil: 1',
    '/a HTTP/1.1\r\nevil: 1\r\n\r\nGET /b',
    '/\0',
    '/\u010a',
  ]) {
    for (const expectation of ['always', 'never'] as const) {
      it(`is rejected by a dispatcher: ${JSON.stringify(path)} (expect ${expectation})`, async () => {
        const origin = await guarded('go')
        const dispatcher = agentFor({ expect: expectation })
        const options = { origin: origin.url, path, method: 'PUT', body: 'content' } as const
        const failure = await dispatcher.request(options).catch((error) => error)
        expect(failure).to.have.property('code', 'UND_ERR_INVALID_ARG')
        expect(origin.connections).to.equal(0)
      })
    }
  }

  it('stays one line for any URL', async () => {
    const origin = await guarded('go')
    const url = `${origin.url}/a\r\nevil: 1 \u010a?\r\nb c#\r\nd`
    for (const send of [
      () => upload(url, 'content', { dispatcher: agentFor() }),
      () => request(url, { method: 'PUT', body: 'content', dispatcher: agentFor() }),
    ]) {
      await send()
    }
    for (const { path, headers } of origin.requests) {
      expect(path).to.equal('/aevil:%201%20%C4%8A?b%20c')
      expect(headers).not.to.have.property('evil')
    }
    expect(statuses(origin)).to.deep.equal([201, 201])
  })

  it('stays one line for any Location', async () => {
    const origin = await guarded(({ path }) => {
      const location = '/b \t%0d%0aevil:%201\\c?d e'
      return path === '/' ? { status: 307, headers: { location } } : 'go'
    })
    await upload(origin.url, 'content', { expect: 'always', dispatcher: agentFor() })
    expect(origin.requests[1]?.path).to.equal('/b%20%0d%0aevil:%201/c?d%20e')
    expect(statuses(origin)).to.deep.equal([307, 201])
  })
})
