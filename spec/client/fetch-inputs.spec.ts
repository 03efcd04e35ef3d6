import { expect } from 'chai'
import { Request as UndiciRequest } from 'undici'
import { fetch } from '../../lib/client/fetch.ts'
import type { FetchInput } from '../../lib/client/platform-fetch.ts'
import type { OriginMode } from '../../lib/testing/index.ts'
import { agentFor } from '../support/faces.ts'
import { bytes, halves, text } from '../support/inputs.ts'
import { openOrigin } from '../support/open-origin.ts'

const asking = { expect: 'always', continueTimeout: 60_000 } as const

describe("fetch's input", () => {
  const inputs: Readonly<Record<string, (url: string) => unknown>> = {
    'a string': (url) => url,
    'a URL': (url) => new URL(url),
    'an object that becomes a string': (url) => ({ toString: () => url }),
    'a Request': (url) => new Request(url),
    'a Request of the undici package': (url) => new UndiciRequest(url),
  }

  for (const [name, make] of Object.entries(inputs)) {
    it(`may be ${name}, for a GET`, async () => {
      const origin = await openOrigin({ response: { status: 200, body: 'got' } })
      const input = make(`${origin.url}/a%20b?c=d#e`) as FetchInput
      const response = await fetch(input, { dispatcher: agentFor(asking) })
      const seen = origin.requests.map(({ method, path, asked }) => ({ method, path, asked }))
      expect(seen).to.deep.equal([{ method: 'GET', path: '/a%20b?c=d', asked: false }])
      expect(await response.text()).to.equal('got')
      expect(response.url).to.equal(`${origin.url}/a%20b?c=d`)
    })

    it(`may be ${name}, with a body in init`, async () => {
      const origin = await openOrigin({ keepContent: true })
      const init = { method: 'PUT', body: text, dispatcher: agentFor(asking) }
      await fetch(make(`${origin.url}/`) as FetchInput, init)
      const seen = origin.requests.map(({ method, asked, content }) => [method, asked, content])
      expect(seen).to.deep.equal([['PUT', true, bytes]])
    })
  }
})

const stream = (): ReadableStream => new Blob([...halves]).stream()

describe("fetch's input, when it is a Request with a body,", () => {
  const realms: Readonly<Record<string, typeof Request>> = {
    'the platform': Request,
    'the undici package': UndiciRequest as unknown as typeof Request,
  }
  const bodies: Readonly<Record<string, () => string | ReadableStream>> = {
    text: () => text,
    'a stream': stream,
  }

  for (const [realm, Made] of Object.entries(realms)) {
    const requestFor = (url: string, body: string | ReadableStream): Request => {
      const headers = { 'x-own': '1', 'content-type': 'video/h264' }
      return new Made(url, { method: 'PATCH', headers, body, duplex: 'half' } as RequestInit)
    }

    for (const [name, make] of Object.entries(bodies)) {
      for (const [mode, wanted] of [
        ['go', [true]],
        [417, [true, false]],
      ] as [OriginMode, boolean[]][]) {
        it(`of ${realm}, of ${name}, is sent unchanged (${mode})`, async () => {
          const origin = await openOrigin({ mode, keepContent: true })
          const request = requestFor(origin.url, make())
          const { status } = await fetch(request, { dispatcher: agentFor(asking) })
          const accepted = origin.requests.at(-1)
          expect(status).to.equal(201)
          expect(origin.requests.map(({ asked }) => asked)).to.deep.equal(wanted)
          expect(accepted).to.deep.include({ method: 'PATCH', content: bytes })
          expect(accepted?.headers).to.include({ 'x-own': '1', 'content-type': 'video/h264' })
          expect(request.bodyUsed, 'whether the body was used').to.equal(true)
        })
      }

      it(`of ${realm}, of ${name}, is rejected when it was used before`, async () => {
        const origin = await openOrigin()
        const request = requestFor(origin.url, make())
        await request.text()
        const failure = await fetch(request, { dispatcher: agentFor() }).catch((error) => error)
        expect(failure).to.be.instanceOf(TypeError)
        expect(origin.connections).to.equal(0)
      })
    }

    it(`of ${realm}, is not read if init has another body`, async () => {
      const origin = await openOrigin({ keepContent: true })
      const request = requestFor(origin.url, 'old')
      const init = { body: 'new', method: 'PUT', headers: { 'x-own': '2' } }
      await fetch(request, { ...init, dispatcher: agentFor() })
      const [seen] = origin.requests
      expect([seen?.method, String(seen?.content)]).to.deep.equal(['PUT', 'new'])
      expect(seen?.headers['x-own']).to.equal('2')
    })

    it(`of ${realm}, determines the redirect mode`, async () => {
      const mode = { status: 307, headers: { location: '/moved' } }
      const origin = await openOrigin({ mode })
      const request = new Made(origin.url, { method: 'PUT', body: text, redirect: 'manual' })
      const { status } = await fetch(request, { dispatcher: agentFor(asking) })
      expect(status).to.equal(307)
      expect(origin.requests.map(({ bytes }) => bytes)).to.deep.equal([0])
    })

    it(`of ${realm}, aborts with its signal`, async () => {
      const controller = new AbortController()
      const reason = new Error('enough')
      const { signal } = controller
      const origin = await openOrigin({
        mode: () => {
          controller.abort(reason)
          return 'silent'
        },
      })
      const request = new Made(origin.url, { method: 'PUT', body: text, signal })
      const failure = await fetch(request, { dispatcher: agentFor(asking) }).catch((error) => error)
      expect(failure).to.equal(reason)
      expect(origin.requests.map(({ bytes }) => bytes)).to.deep.equal([0])
    })
  }
})
