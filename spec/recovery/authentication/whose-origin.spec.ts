import { expect } from 'chai'
import { type Dispatcher, interceptors, request } from 'undici'
import { expectHttpClient } from '../../../lib/adapters/azure.ts'
import { expectHttpStack } from '../../../lib/adapters/tus.ts'
import { ExpectAgent } from '../../../lib/client/agent.ts'
import { createFetch, install } from '../../../lib/client/bound.ts'
import { fetch } from '../../../lib/client/fetch.ts'
import { expectContinue } from '../../../lib/client/interceptor.ts'
import { upload } from '../../../lib/client/upload.ts'
import type { Authenticate } from '../../../lib/options/authenticate.ts'
import { type OriginMode, startOrigin, type TestOrigin } from '../../../lib/testing/index.ts'
import { closeLater } from '../../support/closing.ts'
import { agentFor } from '../../support/faces.ts'
import { authorizations, guarded, statuses, user } from '../../support/guarded.ts'
import { bearer } from '../../support/token-guard.ts'

const value = 'Digest realm="x", nonce="n", qop="auth", Basic realm="x"'
const challenging: OriginMode = { status: 401, headers: { 'www-authenticate': value } }
const opening: OriginMode = 201
const content = 'content'

/** An origin that accepts any credentials. */
function guardedOrigin(): Promise<TestOrigin> {
  return guarded(({ headers }) => (headers.authorization === undefined ? challenging : opening))
}

/** Faces that are used for many origins. */
const shared: Record<string, (authenticate: Authenticate) => unknown> = {
  ExpectAgent: (authenticate) => agentFor({ authenticate }),
  'expectContinue()': (authenticate) => expectContinue({ authenticate }),
  createFetch: (authenticate) => createFetch({ authenticate }),
  install: (authenticate) => install({ authenticate })(),
  'the adapter for Azure': (authenticate) => expectHttpClient({ authenticate }),
  'the adapter for tus': (authenticate) => expectHttpStack({ authenticate }),
  'a dispatch': (authenticate) =>
    new ExpectAgent().dispatch(
      {
        origin: 'http://127.0.0.1:1',
        path: '/',
        method: 'PUT',
        body: content,
        authenticate,
      } as object as Dispatcher.DispatchOptions,
      { onRequestStart() {} },
    ),
}

describe('credentials without an origin', () => {
  for (const [name, give] of Object.entries(shared)) {
    for (const authenticate of [
      { basic: user },
      { digest: user },
      { basic: user, origin: undefined },
    ]) {
      it(`are rejected by ${name}: ${Object.keys(authenticate)}`, () => {
        expect(() => give(authenticate as Authenticate)).to.throw(
          TypeError,
          /^Option 'authenticate' must be an object whose 'origin' (?!.*secret)/,
        )
      })
    }
  }
})

/** Faces that send to the URL of a call, with credentials of their own. */
const sending: Record<string, (authenticate: Authenticate) => (url: string) => Promise<unknown>> = {
  createFetch: (authenticate) => {
    const bound = createFetch({ authenticate, dispatcher: agentFor() })
    return (url) => bound(url, { method: 'PUT', body: content })
  },
  'createFetch, without content': (authenticate) => {
    const bound = createFetch({ authenticate, dispatcher: agentFor() })
    return (url) => bound(url)
  },
  'a dispatch': (authenticate) => {
    const dispatcher = agentFor()
    return async (url) => {
      const init = { method: 'PUT', body: content, dispatcher, authenticate } as const
      const { body } = await request(url, init)
      await body.dump()
    }
  },
  'the adapter for Azure': (authenticate) => {
    const client = expectHttpClient({ authenticate })
    closeLater(() => client.destroy())
    return (url) => {
      const headers = { get: () => undefined, toJSON: () => ({}) }
      return client.sendRequest({ url, method: 'PUT', headers, body: content, timeout: 0 })
    }
  },
  'the adapter for tus': (authenticate) => {
    const stack = expectHttpStack({ authenticate })
    closeLater(() => stack.destroy())
    return (url) => stack.createRequest('PATCH', url).send(content)
  },
}

describe('credentials with an origin', () => {
  for (const [name, open] of Object.entries(sending)) {
    it(`are sent to it, and to no other origin that challenges, through ${name}`, async () => {
      const own = await guardedOrigin()
      const other = await guardedOrigin()
      const send = open({ basic: user, origin: own.url })
      await send(`${own.url}/1`)
      await send(`${other.url}/2`)
      expect(statuses(own)).to.deep.equal([401, 201])
      expect(statuses(other)).to.deep.equal([401])
      expect(authorizations(other)).to.deep.equal([undefined])
    })
  }
})

/** Faces that make one call. */
const calls: Record<
  string,
  (url: string, authenticate: Authenticate, dispatcher: Dispatcher) => Promise<unknown>
> = {
  upload: (url, authenticate, dispatcher) => upload(url, content, { authenticate, dispatcher }),
  fetch: (url, authenticate, dispatcher) =>
    fetch(url, { method: 'PUT', body: content, authenticate, dispatcher }),
  'fetch, without content': (url, authenticate, dispatcher) =>
    fetch(url, { authenticate, dispatcher }),
  'fetch of a Request': (url, authenticate, dispatcher) =>
    fetch(new Request(url, { method: 'PUT', body: content }), {
      authenticate,
      dispatcher,
      expect: 'always',
    }),
  'createFetch, with a function': (url, authenticate, dispatcher) =>
    createFetch({ dispatcher })(url, { authenticate, method: 'PUT', body: content }),
}

const kinds: Record<string, () => Authenticate> = {
  basic: () => ({ basic: user }),
  digest: () => ({ digest: user }),
  'a function': () => () => bearer('secret'),
}

describe('credentials of one call', () => {
  for (const [name, call] of Object.entries(calls)) {
    for (const [kind, make] of Object.entries(kinds)) {
      it(`are for the origin of its URL, through ${name}: ${kind}`, async () => {
        const own = await guardedOrigin()
        await call(`${own.url}/1`, make(), agentFor())
        expect(statuses(own)).to.deep.equal([401, 201])
      })

      it(`are not sent where an interceptor redirects it, through ${name}: ${kind}`, async () => {
        const own = await guardedOrigin()
        const other = await guardedOrigin()
        const elsewhere = agentFor().compose(
          (dispatch) => (options, handler) => dispatch({ ...options, origin: other.url }, handler),
        )
        await call(`${own.url}/1`, make(), elsewhere)
        expect(authorizations(other)).to.deep.equal([undefined])
      })

      it(`are not sent to the target of undici's redirect, through ${name}: ${kind}`, async () => {
        const other = await guardedOrigin()
        const own = await guarded({ status: 307, headers: { location: `${other.url}/2` } })
        const following = agentFor().compose(interceptors.redirect({ maxRedirections: 3 }))
        await call(`${own.url}/1`, make(), following)
        expect(statuses(other)).to.deep.equal([401])
        expect(authorizations(other)).to.deep.equal([undefined])
      })
    }
  }

  it('are kept between calls, separately for each origin', async () => {
    const origins = [await guardedOrigin(), await startOrigin({ mode: 201 })] as const
    closeLater(() => origins[1].close())
    const authenticate = { basic: user }
    const dispatcher = agentFor()
    for (const { url } of [...origins, ...origins]) {
      await upload(url, content, { authenticate, dispatcher })
    }
    expect(statuses(origins[0])).to.deep.equal([401, 201, 201])
    expect(authorizations(origins[1])).to.deep.equal([undefined, undefined])
  })

  it('are not sent to the target of a redirect of a bound fetch', async () => {
    const other = await guardedOrigin()
    const own = await guarded({ status: 307, headers: { location: `${other.url}/2` } })
    const asked: string[] = []
    const authenticate: Authenticate = ({ url }) => {
      asked.push(url)
      return bearer('secret')
    }
    const bound = createFetch({ authenticate, dispatcher: agentFor() })
    await bound(`${own.url}/1`, { method: 'PUT', body: content })
    expect(asked).to.deep.equal([])
    expect(authorizations(other)).to.deep.equal([undefined])
  })
})
