import { Readable } from 'node:stream'
import { expect } from 'chai'
import { Agent, type Dispatcher, request } from 'undici'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { upload } from '../../lib/client/upload.ts'
import { ForwardingHandler } from '../../lib/connection/forwarding-handler.ts'
import { gatedPool } from '../../lib/connection/pool.ts'
import { UploadError } from '../../lib/errors.ts'
import { fieldsOf } from '../../lib/headers.ts'
import { Redirection } from '../../lib/recovery/redirect.ts'
import { type OriginMode, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import type { HttpRequest } from '../../lib/upload/http-request.ts'
import type { Answer, NextAttempt } from '../../lib/upload/recovery-step.ts'
import { answerOf } from '../support/answers.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'

const settings = { maxRedirections: 5, allowInsecureRedirect: false }

function follow(answer: Answer): NextAttempt | UploadError | null {
  return new Redirection(settings).answered(answer)
}

function hopAfter(answer: Answer): HttpRequest {
  const next = follow(answer)
  if (next === null || next instanceof UploadError) throw new Error(`not followed: ${next}`)
  return next.httpRequest
}

const names = (httpRequest: HttpRequest): string[] =>
  fieldsOf(httpRequest.headers).map(([name]) => name)

describe('Redirection', () => {
  const methods: readonly (readonly [number, HttpRequest['method'], string])[] = [
    [301, 'PUT', 'PUT with content'],
    [302, 'PUT', 'PUT with content'],
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD with content'],
    [307, 'POST', 'POST with content'],
    [308, 'POST', 'POST with content'],
    [308, 'PATCH', 'PATCH with content'],
  ]
  for (const [status, method, wanted] of methods) {
    it(`returns ${wanted} for ${method} after a ${status}`, () => {
      const httpRequest = hopAfter(
        answerOf(status, { location: '/new' }, { httpRequest: { method } }),
      )
      expect(`${httpRequest.method}${httpRequest.hasContent ? ' with content' : ''}`).to.equal(
        wanted,
      )
      expect(names(httpRequest).includes('content-type')).to.equal(httpRequest.hasContent)
      expect(names(httpRequest).includes('content-length')).to.equal(httpRequest.hasContent)
    })
  }

  const locations: readonly (readonly [string, string])[] = [
    ['http://other.example/x?y=1#part', 'http://other.example/x?y=1'],
    ['//other.example/x', 'http://other.example/x'],
    ['/x', 'http://first.example/x'],
    ['x', 'http://first.example/videos/x'],
    ['?z', 'http://first.example/videos/1?z'],
    ['http://user:secret@other.example/', 'http://other.example/'],
    ['https://first.example/', 'https://first.example/'],
    ['http://first.example//x:y', 'http://first.example//x:y'],
    // Fields are decoded as latin1: these are the bytes of 'é' in UTF-8, and in latin1.
    ['/caf\u00c3\u00a9', 'http://first.example/caf%C3%A9'],
    ['/caf\u00e9', 'http://first.example/caf%C3%A9'],
  ]
  for (const [location, wanted] of locations) {
    it(`resolves ${location} to ${wanted}`, () => {
      const { origin, path } = hopAfter(answerOf(307, { location }))
      expect(origin + path).to.equal(wanted)
    })
  }

  it('does not take a path as the name of another origin', () => {
    const answer = answerOf(
      307,
      { location: 'http://other.example/x' },
      { httpRequest: { path: '//other.example/x' } },
    )
    expect(hopAfter(answer)).to.include({ origin: 'http://other.example', path: '/x' })
  })

  const unusable = [undefined, 'http://', 'ftp://other.example/', 'data:,x', ['/a', '/b']]
  for (const location of unusable) {
    it(`returns null for an invalid Location: ${JSON.stringify(location)}`, () => {
      expect(follow(answerOf(307, { location }))).to.equal(null)
    })
  }

  for (const status of [200, 300, 304, 305, 306, 417]) {
    it(`returns null for a ${status}`, () => {
      expect(follow(answerOf(status, { location: '/new' }))).to.equal(null)
    })
  }

  it('returns null when the content cannot be sent again', () => {
    expect(follow(answerOf(307, { location: '/new' }, { sendable: false }))).to.equal(null)
  })

  it('follows a 303 when the content cannot be sent again', () => {
    const httpRequest = hopAfter(answerOf(303, { location: '/new' }, { sendable: false }))
    expect(httpRequest.method).to.equal('GET')
  })

  const headers = [
    ...['authorization', 'a', 'Cookie', 'b', 'Proxy-Authorization', 'c', 'HOST', 'd'],
    ...['x-name', 'e'],
  ]
  it('keeps all fields within the same origin', () => {
    const httpRequest = hopAfter(answerOf(307, { location: '/new' }, { httpRequest: { headers } }))
    expect(httpRequest.headers).to.deep.equal(headers)
  })

  for (const location of [
    'http://other.example/',
    'http://first.example:81/',
    'https://first.example/',
  ]) {
    it(`removes fields for the origin on the way to ${location}`, () => {
      const httpRequest = hopAfter(answerOf(307, { location }, { httpRequest: { headers } }))
      expect(httpRequest.headers).to.deep.equal(['x-name', 'e'])
    })
  }

  const refusals: readonly (readonly [string, Answer, string])[] = [
    [
      'ERR_EXPECT_INSECURE_REDIRECT',
      answerOf(
        307,
        { location: 'http://first.example/x?token=secret' },
        { httpRequest: { origin: 'https://first.example' } },
      ),
      'allowInsecureRedirect',
    ],
  ]
  for (const [code, answer, words] of refusals) {
    it(`fails with ${code}`, () => {
      const error = follow(answer)
      expect(error).to.be.instanceOf(UploadError).with.property('code', code)
      expect((error as Error).message)
        .to.include(words)
        .and.not.include('secret')
    })
  }

  it('follows a redirect from https to http if that is allowed', () => {
    const answer = answerOf(
      307,
      { location: 'http://first.example/' },
      { httpRequest: { origin: 'https://first.example' } },
    )
    const next = new Redirection({ ...settings, allowInsecureRedirect: true }).answered(answer)
    expect(next).to.have.nested.property('httpRequest.origin', 'http://first.example')
  })

  for (const maxRedirections of [1, 5]) {
    it(`follows ${maxRedirections} redirects and no more`, () => {
      const redirection = new Redirection({ ...settings, maxRedirections })
      let path = '/0'
      for (let made = 0; made < maxRedirections; made++) {
        const next = redirection.answered(
          answerOf(307, { location: `/${made + 1}` }, { httpRequest: { path } }),
        )
        path = (next as NextAttempt).httpRequest.path
      }
      expect(path).to.equal(`/${maxRedirections}`)
      const error = redirection.answered(
        answerOf(307, { location: '/more' }, { httpRequest: { path } }),
      )
      expect(error).to.have.property('code', 'ERR_EXPECT_TOO_MANY_REDIRECTS')
    })
  }
})

async function openOrigin(mode: (path: string) => OriginMode): Promise<TestOrigin> {
  const origin = await startOrigin({ mode: ({ path }) => mode(path) })
  closeLater(() => origin.close())
  return origin
}

const content = noise(100_000)
const oneShot = (): Readable => Readable.from([content.subarray(0, 1000), content.subarray(1000)])

describe('upload with redirects', () => {
  it('sends a one-shot stream once, to the target of two redirects, with an expectation each time', async () => {
    const storage = await openOrigin(() => 'go')
    const origin = await openOrigin((path) =>
      path === '/a'
        ? { status: 307, headers: { location: '/b' } }
        : { status: 308, headers: { location: `${storage.url}/c?sign=1` } },
    )
    const headers = { authorization: 'Bearer secret' }
    const { response, report } = await upload(`${origin.url}/a`, oneShot(), {
      headers,
      dispatcher: agentFor(),
    })
    expect(response).to.include({
      status: 201,
      url: `${storage.url}/c?sign=1`,
      redirected: true,
    })
    expect(origin.requests.map(({ asked, bytes }) => [asked, bytes])).to.deep.equal([
      [true, 0],
      [true, 0],
    ])
    expect(storage.requests.map(({ asked, sha256: sum }) => [asked, sum])).to.deep.equal([
      [true, sha256(content)],
    ])
    expect(storage.requests[0]?.headers).not.to.have.property('authorization')
    expect(report.attempts.map(({ reason }) => reason)).to.deep.equal([
      'first',
      'redirect',
      'redirect',
    ])
    expect(report).to.include({ outcome: 'continued', sentBytes: content.length })
  })

  it('continues with GET after a 303, and cancels the content', async () => {
    const origin = await openOrigin((path) =>
      path === '/a' ? { status: 303, headers: { location: '/b' } } : 'go',
    )
    const source = oneShot()
    const { response } = await upload(`${origin.url}/a`, source, { dispatcher: agentFor() })
    expect(response.status).to.equal(201)
    expect(origin.requests.map(({ method, bytes }) => [method, bytes])).to.deep.equal([
      ['PUT', 0],
      ['GET', 0],
    ])
    expect(origin.requests[1]?.headers).not.to.have.any.keys('content-length', 'content-type')
    expect(source.destroyed).to.equal(true)
  })

  it("returns a redirect with redirect: 'manual'", async () => {
    const origin = await openOrigin(() => ({ status: 307, headers: { location: '/b' } }))
    const { response } = await upload(`${origin.url}/a`, oneShot(), {
      redirect: 'manual',
      dispatcher: agentFor(),
    })
    expect(response).to.include({ status: 307, redirected: false, url: `${origin.url}/a` })
    expect(origin.requests).to.have.length(1)
  })

  it('returns a redirect with maxRedirections: 0', async () => {
    const origin = await openOrigin(() => ({ status: 307, headers: { location: '/b' } }))
    const { response } = await upload(`${origin.url}/a`, oneShot(), {
      maxRedirections: 0,
      dispatcher: agentFor(),
    })
    expect(response.status).to.equal(307)
  })

  it("fails for a redirect with redirect: 'error'", async () => {
    const origin = await openOrigin(() => ({ status: 307, headers: { location: '/b' } }))
    const failure = await upload(`${origin.url}/a`, oneShot(), {
      redirect: 'error',
      dispatcher: agentFor(),
    }).catch((error) => error)
    expect(failure).to.be.instanceOf(Error)
    expect(origin.requests).to.have.length(1)
  })

  it('follows a redirect to the same URL', async () => {
    let requests = 0
    const origin = await openOrigin(() => {
      requests += 1
      return requests === 1 ? { status: 307, headers: { location: '/a' } } : 'go'
    })
    const { response } = await upload(`${origin.url}/a`, oneShot(), { dispatcher: agentFor() })
    expect(response).to.include({ status: 201, redirected: true, url: `${origin.url}/a` })
  })

  it('sends the cookie of a redirect to the same URL, where an interceptor below keeps cookies', async () => {
    const origin = await startOrigin({
      mode: ({ headers }) =>
        headers.cookie === 'session=1'
          ? 'go'
          : { status: 307, headers: { location: '/a', 'set-cookie': 'session=1' } },
    })
    closeLater(() => origin.close())
    const agent = new Agent({ factory: gatedPool })
    closeLater(() => agent.close())
    const dispatcher = agent.compose(keepCookies, expectContinue())
    const { response, report } = await upload(`${origin.url}/a`, oneShot(), { dispatcher })
    expect(response).to.include({ status: 201, redirected: true })
    expect(report.attempts.map(({ status, sentBytes }) => [status, sentBytes > 0])).to.deep.equal([
      [307, false],
      [201, true],
    ])
  })

  it('fails in a loop with the state of the upload', async () => {
    const origin = await openOrigin((path) => ({
      status: 307,
      headers: { location: path === '/a' ? '/b' : '/a' },
    }))
    const failure = await upload(`${origin.url}/a`, oneShot(), { dispatcher: agentFor() }).catch(
      (error) => error,
    )
    expect(failure).to.include({ code: 'ERR_EXPECT_TOO_MANY_REDIRECTS', attempt: 6, sentBytes: 0 })
    expect(failure.response).to.deep.equal({ status: 307 })
  })
})

/** Keeps the last cookie of a response, and sends it with each request. */
function keepCookies(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  let cookie: string | null = null
  class Keeping extends ForwardingHandler {
    override onResponseStart(...response: Parameters<ForwardingHandler['onResponseStart']>): void {
      const [, , fields] = response
      if (fields['set-cookie'] !== undefined) cookie = String(fields['set-cookie'])
      super.onResponseStart(...response)
    }
  }
  return (options, handler) => {
    const headers = [...(options.headers as string[])]
    if (cookie !== null) headers.push('cookie', cookie)
    return dispatch({ ...options, headers }, new Keeping(handler))
  }
}

describe('a dispatcher that follows redirects', () => {
  it('does so for requests, but not for a fetch that follows redirects itself', async () => {
    const origin = await openOrigin((path) =>
      path === '/a' ? { status: 307, headers: { location: '/b' } } : 'go',
    )
    const dispatcher = agentFor({ redirect: 'follow', maxRedirections: 1 })
    const init = { method: 'PUT', body: oneShot(), dispatcher } as const
    const { statusCode, body } = await request(`${origin.url}/a`, init)
    expect(statusCode).to.equal(201)
    await body.dump()
    const platformInit = { method: 'PUT', body: content, dispatcher } as unknown as RequestInit
    const response = await globalThis.fetch(`${origin.url}/a`, platformInit)
    expect(response).to.include({ status: 201, url: `${origin.url}/b`, redirected: true })
  })

  for (const given of ['a URL', 'text', 'text with a slash at its end']) {
    for (const [location, path] of [
      ['x', '/videos/x'],
      ['?z', '/videos/1?z'],
      ['/x', '/x'],
      ['../x', '/x'],
    ] as const) {
      it(`resolves a relative Location if the origin is ${given}: ${location}`, async () => {
        const server = await openOrigin((seen) =>
          seen === '/videos/1' ? { status: 307, headers: { location } } : 'go',
        )
        const origins = {
          'a URL': new URL(server.url),
          text: server.url,
          'text with a slash at its end': `${server.url}/`,
        }
        const origin = origins[given as keyof typeof origins]
        const init = { origin, path: '/videos/1', method: 'PUT', body: content } as const
        const following = { ...init, redirect: 'follow' } as const
        const { statusCode, body } = await agentFor().request(following)
        await body.dump()
        expect(statusCode).to.equal(201)
        expect(server.requests.map((each) => each.path)).to.deep.equal(['/videos/1', path])
      })
    }
  }

  it('accepts maxRedirections for one request', async () => {
    const origin = await openOrigin((path) => ({
      status: 307,
      headers: { location: `${path}x` },
    }))
    const init = { method: 'PUT', body: oneShot(), redirect: 'follow', maxRedirections: 2 } as const
    const failure = await request(`${origin.url}/a`, {
      ...init,
      dispatcher: agentFor(),
    }).catch((error) => error)
    expect(failure).to.have.property('code', 'ERR_EXPECT_TOO_MANY_REDIRECTS')
    expect(origin.requests).to.have.length(3)
  })
})
