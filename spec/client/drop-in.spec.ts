import { expect } from 'chai'
import { getGlobalDispatcher, Headers as UndiciHeaders, Request as UndiciRequest } from 'undici'
import { createFetch, ExpectAgent, fetch, install } from '../../lib/index.ts'
import { type OriginOptions, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'
import { temporaryStream } from '../support/files.ts'

async function openOrigin(options: OriginOptions = {}): Promise<TestOrigin> {
  const origin = await startOrigin({ keepContent: true, ...options })
  closeLater(() => origin.close())
  return origin
}

/** A stream without an end. */
function endless(): { body: ReadableStream; cancelled: Promise<unknown> } {
  let cancel: (reason: unknown) => void = () => {}
  const cancelled = new Promise((resolve) => {
    cancel = resolve
  })
  const pull = (controller: ReadableStreamDefaultController): void =>
    controller.enqueue(new Uint8Array(10))
  return { body: new ReadableStream({ pull, cancel: (reason) => cancel(reason) }), cancelled }
}

describe('fetch, given a Request of the undici package', () => {
  it('uses its method, headers and body', async () => {
    const origin = await openOrigin()
    const headers = { 'x-name': 'value' }
    const request = new UndiciRequest(origin.url, { method: 'POST', headers, body: 'hello' })
    await fetch(request as unknown as Request, { dispatcher: agentFor() })
    const [seen] = origin.requests
    expect(seen?.method).to.equal('POST')
    expect(seen?.headers).to.include({ 'x-name': 'value' })
    expect(String(seen?.content)).to.equal('hello')
  })

  it('knows the length of its body', async () => {
    const origin = await openOrigin()
    const request = new UndiciRequest(origin.url, { method: 'POST', body: 'hello' })
    await fetch(request as unknown as Request, { dispatcher: agentFor() })
    expect(origin.requests[0]?.headers).to.include({ 'content-length': '5' })
  })

  it('prefers its init to the Request', async () => {
    const origin = await openOrigin()
    const request = new UndiciRequest(origin.url, { method: 'POST', body: 'hello' })
    const init = { method: 'PUT', body: 'other', dispatcher: agentFor() }
    await fetch(request as unknown as Request, init)
    const [seen] = origin.requests
    expect([seen?.method, String(seen?.content)]).to.deep.equal(['PUT', 'other'])
  })

  it('is aborted by its signal', async () => {
    const controller = new AbortController()
    const origin = await openOrigin()
    const request = new UndiciRequest(origin.url, { signal: controller.signal })
    const reason = new Error('enough')
    controller.abort(reason)
    const failure = await fetch(request as unknown as Request).catch((error) => error)
    expect(failure).to.equal(reason)
    expect(origin.requests).to.have.length(0)
  })

  it('rejects one whose body was read', async () => {
    const origin = await openOrigin()
    const request = new UndiciRequest(origin.url, { method: 'POST', body: 'hello' })
    await request.text()
    const failure = await fetch(request as unknown as Request).catch((error) => error)
    expect(failure).to.be.instanceOf(TypeError)
    expect(origin.requests).to.have.length(0)
  })
})

describe('fetch, given a Request with a stream for a body', () => {
  const streams = {
    platform: (url: string, body: ReadableStream, signal: AbortSignal | null = null) =>
      new Request(url, { method: 'POST', body, duplex: 'half', signal }),
    undici: (url: string, body: ReadableStream, signal: AbortSignal | null = null) =>
      new UndiciRequest(url, { method: 'POST', body, duplex: 'half', signal }) as never as Request,
  }
  const moving: OriginOptions = {
    mode: ({ path }) => (path === '/new' ? 'go' : { status: 307, headers: { location: '/new' } }),
  }

  for (const [realm, requestOf] of Object.entries(streams)) {
    it(`follows a redirect with an unread stream (${realm})`, async () => {
      const origin = await openOrigin(moving)
      const request = requestOf(`${origin.url}/old`, new Blob(['hello']).stream())
      const response = await fetch(request, { dispatcher: agentFor() })
      expect(response).to.include({ url: `${origin.url}/new`, redirected: true, status: 201 })
      const [first, second] = origin.requests
      expect(first).to.include({ asked: true, bytes: 0 })
      expect(String(second?.content)).to.equal('hello')
    })

    it(`fails when the stream breaks, and never completes the message (${realm})`, async () => {
      const origin = await openOrigin()
      const broken = new Error('the disk is gone')
      let pulls = 0
      const body = new ReadableStream({
        pull: (controller) => {
          pulls += 1
          if (pulls > 2) throw broken
          controller.enqueue(new Uint8Array(10))
        },
      })
      const request = requestOf(origin.url, body)
      const failure = await fetch(request, { dispatcher: agentFor() }).catch((error) => error)
      expect(failure).to.be.instanceOf(TypeError).with.property('cause', broken)
      expect(origin.requests[0]?.sha256 ?? '').to.equal('')
    })

    it(`cancels the stream when the origin refuses (${realm})`, async () => {
      const origin = await openOrigin({ mode: 413 })
      const { body, cancelled } = endless()
      const response = await fetch(requestOf(origin.url, body), { dispatcher: agentFor() })
      expect(response.status).to.equal(413)
      await cancelled
    })

    it(`is aborted by the signal of the Request (${realm})`, async () => {
      const controller = new AbortController()
      const reason = new Error('enough')
      const origin = await openOrigin({
        mode: () => {
          controller.abort(reason)
          return 'silent'
        },
      })
      const { body, cancelled } = endless()
      const request = requestOf(origin.url, body, controller.signal)
      const failure = await fetch(request, { dispatcher: agentFor() }).catch((error) => error)
      expect(failure).to.equal(reason)
      await cancelled
    })
  }
})

describe('fetch', () => {
  it('accepts Headers of the undici package', async () => {
    const origin = await openOrigin()
    const headers = new UndiciHeaders({ 'x-name': 'value' }) as unknown as Headers
    await fetch(origin.url, { method: 'POST', headers, body: 'hello', dispatcher: agentFor() })
    expect(origin.requests[0]?.headers).to.include({ 'x-name': 'value' })
  })

  for (const [range, length] of [
    [{}, 10],
    [{ start: 2 }, 8],
    [{ end: 3 }, 4],
    [{ start: 2, end: 3 }, 2],
    [{ start: 2, end: 99 }, 8],
  ] as const) {
    it(`knows the length of a file stream: ${JSON.stringify(range)}`, async () => {
      const origin = await openOrigin()
      const body = temporaryStream(Buffer.from('0123456789'), range)
      await fetch(origin.url, { method: 'POST', body, dispatcher: agentFor() })
      const [seen] = origin.requests
      expect(seen).to.include({ asked: false, bytes: length })
      expect(seen?.headers).to.include({ 'content-length': String(length) })
    })
  }

  it("passes data: URLs to the platform's fetch", async () => {
    const response = await fetch('data:,hello', { dispatcher: agentFor() })
    expect(await response.text()).to.equal('hello')
  })
})

describe('createFetch', () => {
  it('binds options, which the init of a call overrides', async () => {
    const origin = await openOrigin()
    const bound = createFetch({ threshold: 3, dispatcher: agentFor() })
    await bound(origin.url, { method: 'POST', body: 'hello' })
    await bound(origin.url, { method: 'POST', body: 'hello', threshold: 100 })
    expect(origin.requests.map(({ asked }) => asked)).to.deep.equal([true, false])
  })

  it('keeps its options if those in init are undefined', async () => {
    const origin = await openOrigin()
    const dispatcher = agentFor()
    const dispatched: unknown[] = []
    const dispatch: typeof dispatcher.dispatch = (...given) => {
      dispatched.push(given)
      return dispatcher.dispatch(...given)
    }
    const seeing = Object.assign(Object.create(dispatcher), { dispatch }) as typeof dispatcher
    const bound = createFetch({ threshold: 3, dispatcher: seeing })
    const init = { threshold: undefined, dispatcher: undefined } as object
    await bound(origin.url, { method: 'POST', body: 'hello', ...init })
    expect(origin.requests.map(({ asked }) => asked)).to.deep.equal([true])
    expect(dispatched).to.have.length(1)
  })

  it('retries according to its own option, and ignores the retry number of other libraries in init', async () => {
    const modes = [503, 'go', 503] as const
    let requests = 0
    const origin = await openOrigin({ mode: () => modes[requests++] ?? 'go' })
    const put = { method: 'PUT', body: Buffer.alloc(2_000_000), dispatcher: agentFor() }
    const bound = createFetch({ retry: { count: 1, minDelay: 0 } })
    const init = { ...put, retry: 5 }
    const statuses = [(await bound(origin.url, put)).status, (await fetch(origin.url, init)).status]
    expect(statuses).to.deep.equal([201, 503])
    expect(origin.requests).to.have.length(3)
  })

  it('rejects an unknown option by name', () => {
    const options = { treshold: 3 } as object
    expect(() => createFetch(options)).to.throw(TypeError, "'treshold'")
  })
})

describe('install', () => {
  it("makes the process's fetch send expectations until it is undone", async () => {
    const origin = await openOrigin()
    const before = { fetch: globalThis.fetch, dispatcher: getGlobalDispatcher() }
    const undo = install({ threshold: 3 })
    closeLater(undo)
    const agent = getGlobalDispatcher()
    closeLater(() => agent.close())
    await globalThis.fetch(origin.url, { method: 'POST', body: 'hello' })
    undo()
    expect(agent).to.be.instanceOf(ExpectAgent)
    expect(origin.requests[0]?.asked).to.equal(true)
    expect(globalThis.fetch).to.equal(before.fetch)
    expect(getGlobalDispatcher()).to.equal(before.dispatcher)
  })
})
