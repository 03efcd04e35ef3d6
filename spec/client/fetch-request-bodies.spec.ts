import { expect } from 'chai'
import { FormData as UndiciFormData, Request as UndiciRequest } from 'undici'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import { contentOfRequest } from '../../lib/client/request-input.ts'
import { collected } from '../support/collected.ts'
import { agentFor } from '../support/faces.ts'
import { bytes, text } from '../support/inputs.ts'
import { openOrigin } from '../support/open-origin.ts'
import { origin as scripted } from '../support/origin.ts'

const asking = { expect: 'always', continueTimeout: 60_000 } as const
const realms: Readonly<Record<string, typeof Request>> = {
  'the platform': Request,
  'the undici package': UndiciRequest as unknown as typeof Request,
}

/** A form of the same realm as the Request. */
function formOf(Made: typeof Request): FormData {
  const form = Made === Request ? new FormData() : (new UndiciFormData() as unknown as FormData)
  form.append('title', 'Größe')
  form.append('file', new Blob([bytes], { type: 'video/h264' }), 'a.bin')
  return form
}

const bodies: Readonly<Record<string, (Made: typeof Request) => RequestInit['body']>> = {
  'a string': () => text,
  'a Buffer': () => bytes,
  'an ArrayBuffer': () => new Uint8Array(bytes).buffer,
  'a Blob': () => new Blob([text], { type: 'video/h264' }),
  URLSearchParams: () => new URLSearchParams({ a: '1 2' }),
  'a form': formOf,
}

describe('fetch, given a Request with a replayable body,', () => {
  for (const [realm, Made] of Object.entries(realms)) {
    for (const [name, make] of Object.entries(bodies)) {
      it(`sends its length, and all of it again after a 417: ${name} (${realm})`, async () => {
        const modes = [417, 'go'] as const
        let requests = 0
        const mode = () => modes[requests++] ?? 'go'
        const origin = await openOrigin({ mode, keepContent: true })
        const requestInit = { method: 'POST', body: make(Made) } as RequestInit
        const request = new Made(origin.url, requestInit)
        const wanted = await new Made(origin.url, requestInit).blob()
        const init = { dispatcher: agentFor(asking) }
        expect((await fetch(request, init)).status).to.equal(201)
        const [refused, accepted] = origin.requests
        expect(refused).to.include({ asked: true, bytes: 0 })
        const { 'content-length': length, 'content-type': type = '' } = accepted?.headers ?? {}
        expect(length).to.equal(String(accepted?.content.length))
        if (name !== 'a form') {
          expect(accepted?.content).to.deep.equal(Buffer.from(await wanted.arrayBuffer()))
          expect(type).to.equal(request.headers.get('content-type') ?? '')
          return
        }
        const message = new Response(accepted?.content, { headers: { 'content-type': type } })
        const fields = await message.formData()
        expect([...fields].map(([field]) => field)).to.deep.equal(['title', 'file'])
        const file = new Response(fields.get('file'))
        expect(Buffer.from(await file.arrayBuffer())).to.deep.equal(bytes)
      })

      for (const order of ['before', 'while']) {
        it(`sends it completely if a clone is read ${order} it is sent: ${name} (${realm})`, async () => {
          const origin = await openOrigin({ keepContent: true })
          const init = { method: 'POST', body: make(Made) } as RequestInit
          const request = new Made(origin.url, init)
          const clone = request.clone()
          const early = order === 'before' ? await clone.arrayBuffer() : null
          const sent = fetch(request, { dispatcher: agentFor(asking) })
          const read = Buffer.from(early ?? (await clone.arrayBuffer()))
          expect((await sent).status).to.equal(201)
          const [seen] = origin.requests
          expect(seen?.headers['content-length']).to.equal(String(seen?.content.length))
          if (name !== 'a form') expect(seen?.content.equals(read)).to.equal(true)
        })
      }

      it(`follows a 307 after it was sent: ${name} (${realm})`, async () => {
        const origin = await openOrigin({
          mode: ({ path }) =>
            path === '/new'
              ? 'go'
              : { status: 307, headers: { location: '/new' }, after: 'content' },
        })
        const request = new Made(origin.url, { method: 'POST', body: make(Made) } as RequestInit)
        const response = await fetch(request, { dispatcher: agentFor({ expect: 'never' }) })
        expect(response).to.include({ status: 201, redirected: true })
        expect(origin.requests.map(({ method }) => method)).to.deep.equal(['POST', 'POST'])
      })
    }

    it(`sends an empty body without an expectation (${realm})`, async () => {
      const origin = await openOrigin()
      const request = new Made(origin.url, { method: 'POST', body: '' })
      await fetch(request, { dispatcher: agentFor(asking) })
      expect(origin.requests[0]).to.include({ asked: false, bytes: 0 })
      expect(origin.requests[0]?.headers).to.include({ 'content-length': '0' })
    })

    it(`consumes the body (${realm})`, async () => {
      const origin = await openOrigin()
      const request = new Made(origin.url, { method: 'POST', body: text })
      const [first, second] = await Promise.allSettled([
        fetch(request, { dispatcher: agentFor() }),
        fetch(request, { dispatcher: agentFor() }),
      ])
      expect([first.status, second.status]).to.deep.equal(['fulfilled', 'rejected'])
      expect(second).to.have.property('reason').that.is.instanceOf(TypeError)
      expect(request.bodyUsed).to.equal(true)
      expect(origin.requests).to.have.length(1)
    })
  }
})

describe('contentOfRequest', () => {
  for (const [realm, Made] of Object.entries(realms)) {
    it(`does not read a stream, whose length is unknown (${realm})`, () => {
      let pulls = 0
      const pull = (): void => {
        pulls += 1
      }
      const body = new ReadableStream({ pull }, { highWaterMark: 0 })
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit
      const request = new Made('http://127.0.0.1/', init)
      const content = contentOfRequest(request)
      expect(content).to.include({ length: null, replayable: false })
      expect([pulls, request.bodyUsed]).to.deep.equal([0, false])
    })
  }
})

describe('fetch, given a Request that is no longer referenced,', () => {
  for (const [realm, Made] of Object.entries(realms)) {
    it(`is aborted by the signal of the Request (${realm})`, async () => {
      const controller = new AbortController()
      const { signal } = controller
      const peer = await scripted(async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 200 OK', 'content-length: 10')
        await wire.closed()
      })
      const init = { dispatcher: agentFor(asking) }
      const send = () => fetch(new Made(peer.url, { method: 'PUT', body: text, signal }), init)
      const response = await send()
      await collected()
      controller.abort(new Error('enough'))
      expect(await response.text().catch((error: unknown) => error)).to.equal(signal.reason)
      await peer.done
    })
  }
})

describe('fetch, given a Request whose signal was aborted,', () => {
  for (const [realm, Made] of Object.entries(realms)) {
    for (const body of ['sent', null]) {
      it(`sends it if init.signal is null, ${body === null ? 'without' : 'with'} a body (${realm})`, async () => {
        const origin = await openOrigin()
        const signal = AbortSignal.abort(new Error('changed my mind'))
        const request = new Made(origin.url, { method: 'POST', body, signal })
        const response = await fetch(request, { signal: null, dispatcher: agentFor() })
        expect(response.status).to.equal(201)
      })
    }
  }
})

describe("fetch's init", () => {
  it('may be a Request', async () => {
    const origin = await openOrigin({ keepContent: true })
    const headers = { 'x-own': '1' }
    const init = new Request('http://elsewhere.invalid/', { method: 'PUT', headers, body: 'hello' })
    const response = await fetch(origin.url, init as unknown as FetchInit)
    expect(response.status).to.equal(201)
    const [seen] = origin.requests
    expect([seen?.method, String(seen?.content)]).to.deep.equal(['PUT', 'hello'])
    expect(seen?.headers).to.include(headers)
  })
})
