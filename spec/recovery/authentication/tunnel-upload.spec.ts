import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { request } from 'undici'
import type { ExpectAgentOptions } from '../../../lib/client/agent.ts'
import { createFetch } from '../../../lib/client/bound.ts'
import { fetch } from '../../../lib/client/fetch.ts'
import { upload } from '../../../lib/client/upload.ts'
import type { UploadError } from '../../../lib/errors.ts'
import type { Authenticate } from '../../../lib/options/authenticate.ts'
import { reportOf } from '../../../lib/report/reported.ts'
import type { TestOrigin } from '../../../lib/testing/index.ts'
import { agentFor } from '../../support/faces.ts'
import { completeCount, content, guarded, stream, user } from '../../support/guarded.ts'
import { identity } from '../../support/identity.ts'
import { httpProxy, proxyCredentials, type TestProxy } from '../../support/proxies.ts'
import { answering } from '../../support/token-guard.ts'
import { turns } from '../../support/turns.ts'

const right = 'Basic dXNlcjpzZWNyZXQ='

/** Requires Digest credentials for CONNECT, and checks them with its own implementation. */
class DigestProxy {
  /** The nonce and its count of each head that it accepted. */
  readonly accepted: string[] = []
  nonce = 'n1'

  readonly challenges = (head: string): string | null => {
    const value = proxyCredentials(head)
    const fields = Object.fromEntries(
      [...(value ?? '').matchAll(/([a-z]+)=(?:"([^"]*)"|([^\s,"]+))/g)].map(
        ([, name = '', quoted, plain = '']) => [name, quoted ?? plain],
      ),
    )
    const [method = '', uri = ''] = head.split(' ')
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
    const key = hash(`${user.username}:proxy:${user.password}`)
    const { nonce, nc, cnonce } = fields
    const wanted = hash(`${key}:${nonce}:${nc}:${cnonce}:auth:${hash(`${method}:${uri}`)}`)
    const isRight = fields.uri === uri && fields.response === wanted
    if (isRight && nonce === this.nonce) {
      this.accepted.push(`${nonce} ${nc}`)
      return null
    }
    const stale = isRight ? ', stale=true' : ''
    return `Digest realm="proxy", qop="auth", algorithm=SHA-256, nonce="${this.nonce}"${stale}`
  }
}

interface Scene {
  readonly proxy: TestProxy
  readonly origin: TestOrigin
  readonly url: string
  readonly options: ExpectAgentOptions
}

async function scene(challenges: (head: string) => string | null): Promise<Scene> {
  const { key, cert } = await identity()
  const origin = await guarded('go', { tls: { key, cert } })
  const proxy = await httpProxy({ challenges })
  const options = { proxy: `http://${proxy.host}`, connect: { ca: cert } }
  return { proxy, origin, url: `${origin.url}/file`, options }
}

const basicProxy = (head: string): string | null =>
  proxyCredentials(head) === right ? null : 'Basic realm="proxy"'

/** The schemes of the credentials that the proxy got, in order. */
function schemes({ heads }: TestProxy): string[] {
  return heads.map((head) => proxyCredentials(head)?.split(' ')[0] ?? 'none')
}

type Send = (at: Scene, authenticate: Authenticate) => Promise<number>

const faces: Record<string, Send> = {
  'an upload': async ({ url, options }, authenticate) => {
    const dispatcher = agentFor(options)
    return (await upload(url, stream(), { dispatcher, authenticate })).response.status
  },
  'an upload with an agent that has them': async ({ url, options }, authenticate) => {
    const dispatcher = agentFor({ ...options, authenticate })
    return (await upload(url, stream(), { dispatcher })).response.status
  },
  'a small upload': async ({ url, options }, authenticate) => {
    const dispatcher = agentFor(options)
    const { response } = await upload(url, content.subarray(0, 9), { dispatcher, authenticate })
    return response.status
  },
  'a fetch': async ({ url, options }, authenticate) => {
    const dispatcher = agentFor(options)
    return (await fetch(url, { method: 'PUT', body: stream(), dispatcher, authenticate })).status
  },
  'a fetch without a body': async ({ url, options }, authenticate) => {
    const dispatcher = agentFor(options)
    return (await fetch(url, { dispatcher, authenticate })).status
  },
  createFetch: async ({ url, options }, authenticate) => {
    const bound = createFetch({ dispatcher: agentFor(options), authenticate })
    return (await bound(url, { method: 'PUT', body: stream() })).status
  },
  'undici’s request': async ({ url, options }, authenticate) => {
    const dispatcher = agentFor({ ...options, authenticate })
    const { statusCode } = await request(url, { method: 'PUT', body: stream(), dispatcher })
    return statusCode
  },
}

for (const [name, send] of Object.entries(faces)) {
  describe(`a proxy that requires credentials for a tunnel, with ${name}`, () => {
    it('gets Basic', async () => {
      const at = await scene(basicProxy)
      expect(await send(at, { proxy: { basic: user } })).to.equal(201)
      expect(schemes(at.proxy)).to.deep.equal(['none', 'Basic'])
    })

    it('gets Digest', async () => {
      const guard = new DigestProxy()
      const at = await scene(guard.challenges)
      expect(await send(at, { proxy: { digest: user, basic: user } })).to.equal(201)
      expect(schemes(at.proxy)).to.deep.equal(['none', 'Digest'])
      expect(guard.accepted).to.deep.equal(['n1 00000001'])
    })

    it('gets the fields that a function returns', async () => {
      const at = await scene(basicProxy)
      const { authenticate, calls } = answering({ 'proxy-authorization': right })
      expect(await send(at, authenticate)).to.equal(201)
      const challenges = [{ scheme: 'basic', params: { realm: 'proxy' } }]
      const url = `${at.origin.url}/`
      expect(calls).to.deep.equal([{ status: 407, url, proxy: true, challenges, attempt: 1 }])
    })
  })
}

describe('the credentials of a proxy for a tunnel', () => {
  it('leave the stream unread, with one attempt in the report', async () => {
    const at = await scene(basicProxy)
    const dispatcher = agentFor(at.options)
    const authenticate = { proxy: { basic: user } }
    const { report } = await upload(at.url, stream(), { dispatcher, authenticate })
    expect(report.attempts.map(({ reason }) => reason)).to.deep.equal(['first'])
    expect(completeCount(at.origin)).to.equal(1)
  })

  it('are sent at once for the next tunnel, with the next count of the nonce', async () => {
    const guard = new DigestProxy()
    const at = await scene(guard.challenges)
    const authenticate = { proxy: { digest: user } }
    for (let uploads = 0; uploads < 3; uploads++) {
      await upload(at.url, stream(), { dispatcher: agentFor(at.options), authenticate })
    }
    expect(schemes(at.proxy)).to.deep.equal(['none', 'Digest', 'Digest', 'Digest'])
    expect(guard.accepted).to.deep.equal(['n1 00000001', 'n1 00000002', 'n1 00000003'])
  })

  it('are computed again when the nonce is stale', async () => {
    const guard = new DigestProxy()
    const at = await scene(guard.challenges)
    const authenticate = { proxy: { digest: user } }
    await upload(at.url, stream(), { dispatcher: agentFor(at.options), authenticate })
    guard.nonce = 'n2'
    await upload(at.url, stream(), { dispatcher: agentFor(at.options), authenticate })
    expect(guard.accepted).to.deep.equal(['n1 00000001', 'n2 00000001'])
  })

  it('are sent once', async () => {
    for (const authenticate of [
      { proxy: { basic: { username: 'user', password: 'wrong' } } },
      { proxy: { digest: { username: 'user', password: 'wrong' } } },
    ]) {
      const guard = new DigestProxy()
      const challenges = 'basic' in authenticate.proxy ? basicProxy : guard.challenges
      const at = await scene(challenges)
      const dispatcher = agentFor(at.options)
      const error: UploadError = await upload(at.url, stream(), { dispatcher, authenticate }).catch(
        (reason) => reason,
      )
      expect(error).to.include({ code: 'ERR_EXPECT_PROXY' })
      expect(error.response).to.deep.equal({ status: 407 })
      expect(error.message).to.include('does not accept').and.not.include('wrong')
      expect(at.proxy.heads).to.have.lengthOf(2)
      expect(at.origin.requests).to.deep.equal([])
    }
  })

  it('are not sent if the proxy requires others, or if they are those of the origin', async () => {
    for (const authenticate of [
      { proxy: { digest: user } },
      { basic: user, digest: user },
      () => null,
    ] as Authenticate[]) {
      const at = await scene(basicProxy)
      const dispatcher = agentFor(at.options)
      const failure = await upload(at.url, stream(), { dispatcher, authenticate }).catch((e) => e)
      expect(failure).to.include({ code: 'ERR_EXPECT_PROXY' })
      expect(schemes(at.proxy)).to.deep.equal(['none'])
      expect(reportOf(failure)?.attempts).to.have.lengthOf(1)
    }
  })

  it('are used after those in the URL of the proxy', async () => {
    const at = await scene(basicProxy)
    const { host } = at.proxy
    const dispatcher = agentFor({ ...at.options, proxy: `http://user:old@${host}` })
    const authenticate = { proxy: { basic: user } }
    const { response } = await upload(at.url, stream(), { dispatcher, authenticate })
    expect(response.status).to.equal(201)
    expect(at.proxy.heads.map(proxyCredentials)).to.deep.equal(['Basic dXNlcjpvbGQ=', right])
  })

  it('are not sent to the origin, and those of the origin are not sent to the proxy', async () => {
    const at = await scene(basicProxy)
    const dispatcher = agentFor(at.options)
    const authenticate = { basic: user, proxy: { basic: user } }
    at.origin.mode = ({ headers }) =>
      headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
        : { status: 407, headers: { 'proxy-authenticate': 'Basic realm="x"' } }
    const { response } = await upload(at.url, stream(), { dispatcher, authenticate })
    expect(response.status).to.equal(407)
    const fields = at.origin.requests.map(({ headers }) => headers['proxy-authorization'])
    expect(fields).to.deep.equal([undefined, undefined])
    for (const head of at.proxy.heads) expect(head).not.to.match(/^authorization/im)
  })

  it('are those of the upload that needs the tunnel first', async () => {
    const at = await scene(basicProxy)
    const dispatcher = agentFor({ ...at.options, connections: 1 })
    const authenticate = { proxy: { basic: user } }
    const [none, first, second] = await Promise.allSettled([
      upload(at.url, content, { dispatcher }),
      upload(at.url, content, { dispatcher, authenticate }),
      upload(at.url, content, { dispatcher }),
    ])
    expect(none).to.have.property('reason').that.includes({ code: 'ERR_EXPECT_PROXY' })
    expect([first.status, second.status]).to.deep.equal(['fulfilled', 'fulfilled'])
    expect(schemes(at.proxy)).to.deep.equal(['none', 'none', 'Basic'])
  })

  it('are requested in the async context of the upload', async () => {
    const store = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const authenticate = async () => {
      seen.push(store.getStore())
      return { 'proxy-authorization': right }
    }
    for (const name of ['one', 'another']) {
      const at = await scene(basicProxy)
      const dispatcher = agentFor({ ...at.options, authenticate })
      await store.run(name, () => upload(at.url, stream(), { dispatcher }))
    }
    expect(seen).to.deep.equal(['one', 'another'])
  })

  it('fail the upload when their function throws', async () => {
    const at = await scene(basicProxy)
    const reason = new Error('no secret to be had')
    const authenticate = async (): Promise<never> => {
      throw reason
    }
    const dispatcher = agentFor(at.options)
    const error = await upload(at.url, stream(), { dispatcher, authenticate }).catch((e) => e)
    expect(error).to.include({ code: 'ERR_EXPECT_PROXY', cause: reason })
    expect(error.message).not.to.include('secret')
    expect(at.proxy.heads).to.have.lengthOf(1)
  })

  it('are not sent when the upload was aborted while the function was pending', async () => {
    const at = await scene(basicProxy)
    const ending = new AbortController()
    const { signal } = ending
    const authenticate = async () => {
      ending.abort()
      await turns()
      return { 'proxy-authorization': right }
    }
    const dispatcher = agentFor(at.options)
    const error = await upload(at.url, stream(), { dispatcher, authenticate, signal }).catch(
      (reason) => reason,
    )
    expect(error).to.equal(signal.reason)
    await dispatcher.close()
    expect(at.proxy.heads).to.have.lengthOf(1)
  })

  it('do not block an agent after an upload that was aborted while the function was pending', async () => {
    const at = await scene(basicProxy)
    const ending = new AbortController()
    const { signal } = ending
    const authenticate = () => {
      ending.abort()
      return new Promise<never>(() => {})
    }
    const dispatcher = agentFor(at.options)
    const error = await upload(at.url, stream(), { dispatcher, authenticate, signal }).catch(
      (reason) => reason,
    )
    expect(error).to.equal(signal.reason)
    await dispatcher.close()
  })
})
