import { expect } from 'chai'
import { fetch } from '../../../lib/client/fetch.ts'
import type { OriginMode } from '../../../lib/testing/index.ts'
import { DigestGuard } from '../../support/digest-guard.ts'
import { agentFor } from '../../support/faces.ts'
import {
  authorizations,
  completeCount,
  guarded,
  statuses,
  stream,
  uploader,
  user,
} from '../../support/guarded.ts'
import { answering, bearer } from '../../support/token-guard.ts'

const challenge = 'Digest realm="uploads", nonce="n", qop="auth", Basic realm="uploads"'
const challenging: OriginMode = { status: 401, headers: { 'www-authenticate': challenge } }

function leadingTo(url: string): OriginMode {
  return { status: 307, headers: { location: `${url}/elsewhere` } }
}

describe('credentials after a redirect to another origin', () => {
  const kinds = {
    basic: () => ({ basic: user }),
    digest: () => ({ digest: user }),
    'a proxy': () => ({ proxy: { basic: user, digest: user } }),
  }
  for (const [name, make] of Object.entries(kinds)) {
    for (const where of ['agent', 'call'] as const) {
      it(`for ${name} are not sent, even if it challenges (given to the ${where})`, async () => {
        const other = await guarded(challenging)
        const origin = await guarded(leadingTo(other.url))
        const authenticate = make()
        const send = uploader(where === 'agent' ? { authenticate } : {})
        const own = where === 'call' ? { authenticate } : {}
        const { response } = await send(`${origin.url}/file`, stream(), own)
        expect(response.status).to.equal(401)
        expect(statuses(other)).to.deep.equal([401])
        expect(authorizations(other)).to.deep.equal([undefined])
      })
    }
  }

  it('are not sent without a challenge', async () => {
    const guard = new DigestGuard()
    const other = await guarded('go')
    const origin = await guarded(guard.mode)
    const authenticate = { digest: user }
    const send = uploader({ authenticate })
    await send(`${origin.url}/1`)
    // Its own uploads were challenged before.
    other.mode = challenging
    await send(`${other.url}/2`)
    const before = other.requests.length
    origin.mode = leadingTo(other.url)
    const { response } = await send(`${origin.url}/3`)
    expect(response.status).to.equal(401)
    expect(authorizations(origin).at(-1)).to.match(/^Digest /)
    expect(authorizations(other).slice(before)).to.deep.equal([undefined])
  })

  it('are not requested from a function', async () => {
    const other = await guarded(challenging)
    const origin = await guarded((seen) =>
      seen.headers.authorization === undefined ? challenging : leadingTo(other.url),
    )
    const { authenticate, calls } = answering(bearer('token'), bearer('token'))
    const { response } = await uploader({ authenticate })(`${origin.url}/file`)
    expect(response.status).to.equal(401)
    expect(calls.map(({ url }) => url)).to.deep.equal([`${origin.url}/file`])
    expect(authorizations(other)).to.deep.equal([undefined])
  })

  it('are sent to another path of the same origin', async () => {
    const guard = new DigestGuard()
    const origin = await guarded((seen) => {
      const mode = guard.mode(seen)
      const first = seen.path === '/file'
      return mode === 'go' && first ? leadingTo('') : mode
    })
    const { response } = await uploader({ authenticate: { digest: user } })(`${origin.url}/file`)
    expect(response.status).to.equal(201)
    expect(statuses(origin)).to.deep.equal([401, 307, 201])
    expect(guard.seen.map(({ nc }) => nc)).to.deep.equal(['00000001', '00000002'])
    expect(completeCount(origin)).to.equal(1)
  })

  it('are sent without the content after a 303, and the report includes all attempts', async () => {
    const guard = new DigestGuard()
    const origin = await guarded((seen) => {
      const mode = guard.mode(seen)
      if (mode !== 'go' || seen.method === 'GET') return mode
      return { status: 303, headers: { location: '/done' } }
    })
    const send = uploader({ authenticate: { digest: user } })
    const { response, report } = await send(`${origin.url}/file`)
    expect(response.status).to.equal(201)
    expect(report).to.include({ asked: true, reason: 'unknown-length', outcome: 'refused' })
    const made = report.attempts.map(
      ({ method, reason, status }) => `${method} ${reason} ${status}`,
    )
    expect(made).to.deep.equal(['PUT first 401', 'PUT challenge 303', 'GET redirect 201'])
  })

  it('are sent again after a redirect back to the first origin', async () => {
    const guard = new DigestGuard()
    const other = await guarded('go')
    const origin = await guarded((seen) =>
      seen.path === '/file' ? leadingTo(other.url) : guard.mode(seen),
    )
    other.mode = { status: 307, headers: { location: `${origin.url}/back` } }
    const authenticate = { digest: user }
    const options = { method: 'PUT', body: stream(), authenticate, dispatcher: agentFor() }
    const { status } = await fetch(`${origin.url}/file`, options)
    expect(status).to.equal(201)
    expect(authorizations(other)).to.deep.equal([undefined])
    expect(statuses(origin)).to.deep.equal([307, 401, 201])
  })

  it('must name their origin in the options of a dispatcher', async () => {
    expect(() => agentFor({ authenticate: { basic: user } })).to.throw(TypeError, "'origin'")
    const other = await guarded(challenging)
    const origin = await guarded(leadingTo(other.url))
    const dispatcher = agentFor({ authenticate: { basic: user, origin: origin.url } })
    const init = { method: 'PUT', body: 'content', dispatcher } as unknown as RequestInit
    const { status } = await globalThis.fetch(`${origin.url}/file`, init)
    expect(status).to.equal(401)
    expect(authorizations(other)).to.deep.equal([undefined])
  })
})
