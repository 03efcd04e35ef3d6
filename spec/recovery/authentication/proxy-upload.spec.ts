import { expect } from 'chai'
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici'
import { expectContinue } from '../../../lib/client/interceptor.ts'
import { type UploadResult, upload } from '../../../lib/client/upload.ts'
import { gatedPool } from '../../../lib/connection/pool.ts'
import type { OriginMode, SeenRequest, TestOrigin } from '../../../lib/testing/index.ts'
import { closeLater } from '../../support/closing.ts'
import { DigestGuard } from '../../support/digest-guard.ts'
import { agentFor } from '../../support/faces.ts'
import { completeCount, guarded, statuses, stream, user } from '../../support/guarded.ts'
import { identity } from '../../support/identity.ts'
import { answering } from '../../support/token-guard.ts'

const target = 'http://uploads.example/file'
const right = 'Basic dXNlcjpzZWNyZXQ='

/** Requires Basic credentials for the proxy, and else acts as the origin behind it. */
function guard({ headers }: SeenRequest, behind: OriginMode = 'go'): OriginMode {
  if (headers['proxy-authorization'] === right) return behind
  return { status: 407, headers: { 'proxy-authenticate': 'Basic realm="proxy"' } }
}

function send(proxy: TestOrigin, authenticate: object): Promise<UploadResult> {
  return upload(target, stream(), { authenticate, dispatcher: agentFor({ proxy: proxy.url }) })
}

describe('a proxy that requires credentials', () => {
  it('gets them with the unread stream, and at once in the next upload', async () => {
    const proxy = await guarded(guard)
    const authenticate = { proxy: { basic: user } }
    const { response, report } = await send(proxy, authenticate)
    expect(response.status).to.equal(201)
    expect(report.attempts.map(({ reason }) => reason)).to.deep.equal(['first', 'challenge'])
    await send(proxy, authenticate)
    expect(statuses(proxy)).to.deep.equal([407, 201, 201])
    expect(proxy.requests.map(({ path }) => path)).to.deep.equal([target, target, target])
    expect(completeCount(proxy)).to.equal(2)
  })

  it('gets them together with those of the origin', async () => {
    const origin = new DigestGuard()
    const proxy = await guarded((seen) => guard(seen, origin.mode({ ...seen, path: '/file' })))
    const { response, report } = await send(proxy, { digest: user, proxy: { basic: user } })
    expect(response.status).to.equal(201)
    expect(statuses(proxy)).to.deep.equal([407, 401, 201])
    expect(report.attempts.map(({ reason }) => reason)).to.deep.equal([
      'first',
      'challenge',
      'challenge',
    ])
    const [, second, third] = proxy.requests
    expect(second?.headers).to.include({ 'proxy-authorization': right })
    expect(third?.headers.authorization).to.match(/^Digest /)
    expect(completeCount(proxy)).to.equal(1)
  })

  it('does not get those of the origin', async () => {
    const proxy = await guarded(guard)
    const dispatcher = agentFor({
      authenticate: { basic: user, digest: user, origin: proxy.url },
    })
    const options = { method: 'PUT', body: stream(), dispatcher } as const
    const { statusCode } = await request(`${proxy.url}/file`, options)
    expect(statusCode).to.equal(407)
    expect(statuses(proxy)).to.deep.equal([407])
  })

  it('whose credentials do not answer a 401 of the origin', async () => {
    const value = 'Basic realm="uploads"'
    const proxy = await guarded({ status: 401, headers: { 'www-authenticate': value } })
    const { response } = await send(proxy, { proxy: { basic: user } })
    expect(response.status).to.equal(401)
    expect(statuses(proxy)).to.deep.equal([401])
  })

  it('calls a function with its challenge', async () => {
    const proxy = await guarded(guard)
    const { authenticate, calls } = answering({ 'proxy-authorization': right })
    const { response } = await send(proxy, authenticate)
    expect(response.status).to.equal(201)
    expect(calls).to.deep.equal([
      {
        status: 407,
        url: target,
        proxy: true,
        challenges: [{ scheme: 'basic', params: { realm: 'proxy' } }],
        attempt: 1,
      },
    ])
  })

  it('cannot be the server of a TLS connection', async () => {
    const { key, cert } = await identity()
    const origin = await guarded(guard, { tls: { key, cert } })
    const { authenticate, calls } = answering({ 'proxy-authorization': right })
    for (const each of [authenticate, { proxy: { basic: user } }]) {
      const dispatcher = agentFor({ authenticate: each, connect: { ca: cert } })
      const options = { method: 'PUT', body: stream(), dispatcher } as const
      const { statusCode } = await request(`${origin.url}/file`, options)
      expect(statusCode).to.equal(407)
    }
    expect(origin.requests.map(({ headers }) => headers['proxy-authorization'])).to.deep.equal([
      undefined,
      undefined,
    ])
    expect(calls).to.deep.equal([])
  })

  it('gets Digest credentials for the whole URL in the request line', async () => {
    const guard = new DigestGuard()
    const proxy = await guarded((seen) => {
      const { 'proxy-authorization': authorization, ...headers } = seen.headers
      const own = authorization === undefined ? {} : { authorization: String(authorization) }
      const mode = guard.mode({ ...seen, headers: { ...headers, ...own } })
      if (mode === 'go') return mode
      const { headers: fields } = mode as { headers: Record<string, string> }
      const value = fields['www-authenticate'] ?? ''
      return { status: 407, headers: { 'proxy-authenticate': value } }
    })
    const { response } = await send(proxy, { proxy: { digest: user } })
    expect(response.status).to.equal(201)
    expect(guard.seen.map(({ accepted }) => accepted)).to.deep.equal([true])
    expect(proxy.requests[1]?.headers['proxy-authorization']).to.include(`uri="${target}"`)
  })

  it('uses the next nonce in its response', async () => {
    const answer = 'Digest realm="proxy", nonce="n1", qop="auth"'
    const proxy = await guarded(
      ({ headers }) => {
        if (headers['proxy-authorization'] !== undefined) return 'go'
        return { status: 407, headers: { 'proxy-authenticate': answer } }
      },
      { response: { status: 201, headers: { 'proxy-authentication-info': 'nextnonce="n2"' } } },
    )
    const authenticate = { proxy: { digest: user } }
    await send(proxy, authenticate)
    await send(proxy, authenticate)
    const nonces = proxy.requests.map(
      ({ headers }) => /nonce="(..)"/.exec(headers['proxy-authorization'] ?? '')?.[1],
    )
    expect(nonces).to.deep.equal([undefined, 'n1', 'n2'])
  })
})

/** An agent without the proxy option, which an interceptor sends to the proxy. */
function rerouted({ url }: TestOrigin): Dispatcher {
  const agent = new Agent({ factory: gatedPool })
  closeLater(() => agent.destroy())
  return agent.compose(
    (dispatch) => (options, handler) => dispatch({ ...options, origin: url }, handler),
  )
}

describe('an origin that answers 407', () => {
  const secrets = {
    credentials: { proxy: { basic: user } },
    'a function': () => ({ 'proxy-authorization': right }),
  }
  const ways: Record<string, (origin: TestOrigin, proxy: TestOrigin) => Dispatcher> = {
    'without a proxy': () => agentFor(),
    'in noProxy': (_origin, proxy) => agentFor({ proxy: { url: proxy.url, noProxy: '127.0.0.1' } }),
    'behind a SOCKS proxy for other origins': () =>
      agentFor({ proxy: { url: 'socks5://127.0.0.1:1', noProxy: '127.0.0.1' } }),
    'behind an agent of undici': () => {
      const agent = new Agent({ factory: gatedPool })
      closeLater(() => agent.destroy())
      return agent.compose(expectContinue())
    },
    'behind an interceptor that redirects to it': (origin) =>
      rerouted(origin).compose(expectContinue()),
  }
  for (const [where, dispatcherFor] of Object.entries(ways)) {
    for (const [what, authenticate] of Object.entries(secrets)) {
      it(`gets nothing ${where}, from ${what}`, async () => {
        const origin = await guarded(guard)
        const proxy = await guarded('go')
        const dispatcher = dispatcherFor(origin, proxy)
        const { response } = await upload(`${origin.url}/file`, stream(), {
          authenticate,
          dispatcher,
        })
        expect(response.status).to.equal(407)
        expect(origin.requests.map(({ headers }) => headers['proxy-authorization'])).to.eql([
          undefined,
        ])
        expect(proxy.requests).to.eql([])
      })
    }
  }

  it('gets nothing that its proxy got before, in the same or in another upload', async () => {
    const origin = await guarded(guard)
    const location = `${origin.url}/file`
    const proxy = await guarded((seen) => guard(seen, { status: 307, headers: { location } }))
    const dispatcher = agentFor({ proxy: { url: proxy.url, noProxy: '127.0.0.1' } })
    const authenticate = { proxy: { basic: user } }
    for (let uploads = 0; uploads < 2; uploads++) {
      const { response } = await upload(target, stream(), { authenticate, dispatcher })
      expect(response.status).to.equal(407)
    }
    await upload(location, stream(), { authenticate, dispatcher })
    expect(statuses(proxy)).to.eql([407, 307, 307])
    expect(statuses(origin)).to.eql([407, 407, 407])
    expect(origin.requests.filter(({ headers }) => 'proxy-authorization' in headers)).to.eql([])
  })

  it('does not get the credentials in the URL of a proxy', async () => {
    const origin = await guarded(guard)
    const location = `${origin.url}/file`
    const proxy = await guarded((seen) => guard(seen, { status: 307, headers: { location } }))
    const { host } = new URL(proxy.url)
    const url = `http://user:secret@${host}`
    const dispatcher = agentFor({ proxy: { url, noProxy: '127.0.0.1' } })
    const { response } = await upload(target, stream(), { dispatcher })
    expect(response.status).to.equal(407)
    expect(statuses(proxy)).to.eql([307])
    expect(origin.requests.map(({ headers }) => headers['proxy-authorization'])).to.eql([undefined])
  })

  it('does not get a Proxy-Authorization of the caller if the agent has a proxy for other origins', async () => {
    const origin = await guarded(guard)
    const dispatcher = agentFor({ proxy: { url: 'http://127.0.0.1:1', noProxy: '127.0.0.1' } })
    const headers = { 'proxy-authorization': right }
    const failure = await upload(`${origin.url}/file`, stream(), { headers, dispatcher }).catch(
      (error) => error,
    )
    expect(failure).to.be.instanceOf(TypeError)
    expect(failure.message).to.contain('would reach the origin').and.not.contain(right)
    expect(origin.requests).to.eql([])
  })
})

describe('a proxy to which the caller sends requests in absolute form', () => {
  it('gets its credentials', async () => {
    const proxy = await guarded(guard)
    const dispatcher = agentFor({ authenticate: { proxy: { basic: user } } })
    const { origin } = new URL(proxy.url)
    const options = { origin, path: target, method: 'PUT', body: stream() } as const
    const { statusCode } = await dispatcher.request(options)
    expect(statusCode).to.equal(201)
    expect(statuses(proxy)).to.eql([407, 201])
  })
})

describe('a ProxyAgent below the interceptor', () => {
  it('keeps its own credentials', async () => {
    const proxy = await guarded(guard)
    const agent = new ProxyAgent({ uri: proxy.url, token: right, factory: gatedPool })
    closeLater(() => agent.destroy())
    const dispatcher = agent.compose(expectContinue({ authenticate: { proxy: { basic: user } } }))
    const { response } = await upload(target, stream(), { dispatcher })
    expect(response.status).to.equal(201)
    expect(statuses(proxy)).to.eql([201])
  })
})
