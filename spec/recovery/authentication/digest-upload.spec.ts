import { expect } from 'chai'
import { request } from 'undici'
import { fetch } from '../../../lib/client/fetch.ts'
import { DigestGuard } from '../../support/digest-guard.ts'
import { agentFor, ownFaces } from '../../support/faces.ts'
import {
  authorizations,
  completeCount,
  content,
  guarded,
  statuses,
  stream,
  uploader,
  user,
} from '../../support/guarded.ts'

const wrong = { digest: { ...user, password: 'a guess' } }

/** A new object for each spec: nonces are kept per object. */
function digest(): { digest: typeof user } {
  return { digest: user }
}

describe('an upload with digest credentials', () => {
  for (const face of ownFaces) {
    it(`answers a challenge with the unread stream (${face.name})`, async () => {
      const guard = new DigestGuard()
      const origin = await guarded(guard.mode)
      const send = face.open({ authenticate: { ...digest(), origin: origin.url } })
      const { status, report } = await send(`${origin.url}/file?part=1`, stream())
      expect(status).to.equal(201)
      expect(statuses(origin)).to.deep.equal([401, 201])
      expect(completeCount(origin)).to.equal(1)
      if (report === undefined) return
      expect(report.attempts.map(({ reason }) => reason)).to.deep.equal(['first', 'challenge'])
      expect(report).to.include({ outcome: 'continued', sentBytes: content.length })
    })
  }

  it('returns the 401 when the credentials are wrong, after one attempt', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(guard.mode)
    const send = uploader({ authenticate: wrong })
    const { response, report } = await send(`${origin.url}/file`)
    expect(response.status).to.equal(401)
    expect(report).to.include({ outcome: 'refused', sentBytes: 0 })
    expect(guard.seen).to.have.lengthOf(1)
    // The next upload also waits for a challenge.
    await send(`${origin.url}/file`)
    expect(authorizations(origin).map((each) => each !== undefined)).to.deep.equal([
      ...[false, true],
      ...[false, true],
    ])
    expect(completeCount(origin)).to.equal(0)
  })

  it('continues to count a nonce in later uploads, which send it at once', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(guard.mode)
    const send = uploader({ authenticate: digest() })
    for (let number = 1; number <= 5; number++) await send(`${origin.url}/${number}`)
    expect(statuses(origin)).to.deep.equal([401, 201, 201, 201, 201, 201])
    expect(guard.seen).to.deep.equal(
      [1, 2, 3, 4, 5].map((nc) => ({ nonce: 'nonce-1', nc: `0000000${nc}`, accepted: true })),
    )
  })

  it('uses a separate count for each concurrent upload', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(guard.mode)
    const send = uploader({ authenticate: digest() })
    await send(`${origin.url}/first`)
    await Promise.all(Array.from({ length: 20 }, (_, number) => send(`${origin.url}/${number}`)))
    expect(statuses(origin).filter((status) => status === 401)).to.have.lengthOf(1)
    expect(new Set(guard.seen.map(({ nc }) => nc)).size).to.equal(21)
    expect(completeCount(origin)).to.equal(21)
  })

  it('shares a nonce among uploads that are challenged with it concurrently', async () => {
    const guard = new DigestGuard()
    guard.nonce = 'the one'
    const origin = await guarded(guard.mode)
    const send = uploader({ authenticate: digest() })
    await Promise.all(Array.from({ length: 10 }, (_, number) => send(`${origin.url}/${number}`)))
    expect(guard.seen.filter(({ accepted }) => !accepted)).to.deep.equal([])
    expect(new Set(guard.seen.map(({ nc }) => nc)).size).to.equal(10)
    expect(completeCount(origin)).to.equal(10)
  })

  it('makes one more attempt with a new nonce when its own is stale', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(guard.mode)
    const send = uploader({ authenticate: digest() })
    await send(`${origin.url}/1`)
    guard.nonces.clear()
    const { response } = await send(`${origin.url}/2`)
    expect(response.status).to.equal(201)
    expect(statuses(origin)).to.deep.equal([401, 201, 401, 201])
    expect(guard.seen.map(({ nonce }) => nonce)).to.deep.equal(['nonce-1', 'nonce-1', 'nonce-2'])
  })

  it('makes only one more attempt if every nonce is stale', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(() => guard.challenge(', stale=true'))
    const { response } = await uploader({ authenticate: digest() })(`${origin.url}/file`)
    expect(response.status).to.equal(401)
    expect(statuses(origin)).to.deep.equal([401, 401, 401])
  })

  it('uses a new nonce when its own is unknown, stale or not', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(guard.mode)
    const send = uploader({ authenticate: digest() })
    await send(`${origin.url}/1`)
    origin.mode = ({ headers }) =>
      headers.authorization?.includes('nonce-1') ? guard.challenge('') : 'go'
    const { response } = await send(`${origin.url}/2`)
    expect(response.status).to.equal(201)
    expect(statuses(origin)).to.deep.equal([401, 201, 401, 201])
  })

  for (const status of [201, 413]) {
    it(`uses the next nonce in a ${status}`, async () => {
      const guard = new DigestGuard()
      const next = { 'authentication-info': 'qop=auth, nextnonce="another"' }
      const origin = await guarded(guard.mode, { response: { status, headers: next } })
      const send = uploader({ authenticate: digest() })
      await send(`${origin.url}/1`)
      guard.nonces.clear()
      guard.nonces.add('another')
      await send(`${origin.url}/2`)
      expect(statuses(origin)).to.deep.equal([401, status, status])
      expect(guard.seen.map(({ nonce, nc }) => `${nonce} ${nc}`)).to.deep.equal([
        'nonce-1 00000001',
        'another 00000001',
      ])
    })
  }

  it('has concurrent uploads challenged if each nonce is valid for one of them', async () => {
    const guard = new DigestGuard()
    let last = 0
    const origin = await guarded(
      (seen) => {
        const mode = guard.mode(seen)
        for (const { nonce, accepted } of guard.seen) if (accepted) guard.nonces.delete(nonce)
        return mode
      },
      {
        response: () => {
          last += 1
          guard.nonces.add(`next-${last}`)
          return { status: 201, headers: { 'authentication-info': `nextnonce="next-${last}"` } }
        },
      },
    )
    const send = uploader({ authenticate: digest() })
    await send(`${origin.url}/first`)
    await Promise.all(Array.from({ length: 10 }, (_, number) => send(`${origin.url}/${number}`)))
    expect(guard.seen.filter(({ accepted }) => !accepted)).to.deep.equal([])
    expect(completeCount(origin)).to.equal(11)
  })

  it('uses the next nonce in a refusal before the content', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(guard.mode)
    const send = uploader({ authenticate: digest() })
    await send(`${origin.url}/1`)
    const headers = { 'authentication-info': 'nextnonce="another"' }
    origin.mode = { status: 503, headers }
    await send(`${origin.url}/2`)
    await send(`${origin.url}/3`)
    expect(authorizations(origin).at(-1)).to.include('nonce="another"')
  })

  it('prefers digest to basic, and the strongest of several', async () => {
    const guard = new DigestGuard({
      extra: ', Digest realm="uploads", nonce="weak", qop="auth", Basic realm="uploads"',
    })
    const origin = await guarded(guard.mode)
    const both = { basic: user, digest: user }
    const { response } = await uploader({ authenticate: both })(`${origin.url}/file`)
    expect(response.status).to.equal(201)
    expect(authorizations(origin).at(-1)).to.match(/^Digest .*algorithm=SHA-256/)
  })

  for (const [hash, algorithm] of [
    ['md5', 'MD5'],
    ['sha512-256', 'SHA-512-256'],
  ] as const) {
    it(`supports ${algorithm}`, async () => {
      const origin = await guarded(new DigestGuard({ hash: [hash, algorithm] }).mode)
      const { response } = await uploader({ authenticate: digest() })(`${origin.url}/file`)
      expect(response.status).to.equal(201)
    })
  }

  const unanswered: Record<string, string> = {
    'no challenge': '',
    'another scheme': 'Bearer realm="uploads"',
    'basic alone': 'Basic realm="uploads"',
    'protection of the content alone': 'Digest realm="uploads", nonce="n", qop="auth-int"',
  }
  for (const [name, value] of Object.entries(unanswered)) {
    it(`returns a 401 with ${name}`, async () => {
      const origin = await guarded({ status: 401, headers: { 'www-authenticate': value } })
      const { response } = await uploader({ authenticate: digest() })(`${origin.url}/file`)
      expect(response.status).to.equal(401)
      expect(statuses(origin)).to.deep.equal([401])
    })
  }

  it("sends the caller's field at first, and replaces it after a challenge", async () => {
    const guard = new DigestGuard()
    const origin = await guarded((seen) =>
      seen.headers.authorization?.startsWith('Bearer') ? guard.challenge('') : guard.mode(seen),
    )
    const send = uploader({ authenticate: digest() })
    const headers = { Authorization: 'Bearer old' }
    for (const path of ['1', '2']) {
      const { response } = await send(`${origin.url}/${path}`, stream(), { headers })
      expect(response.status).to.equal(201)
    }
    expect(authorizations(origin).map((each) => each?.slice(0, 10))).to.deep.equal([
      'Bearer old',
      'Digest use',
      'Bearer old',
      'Digest use',
    ])
  })

  it('also works with little content, or none', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(guard.mode, { keepContent: true })
    const options = { authenticate: digest(), dispatcher: agentFor() }
    const answers = [
      await fetch(`${origin.url}/1`, { ...options, method: 'POST', body: 'little' }),
      await fetch(`${origin.url}/2`, options),
      await fetch(`${origin.url}/3`, { ...options, method: 'HEAD' }),
      await fetch(`${origin.url}/4`, { ...options, method: 'DELETE' }),
    ]
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201, 201, 201])
    expect(statuses(origin)).to.deep.equal([401, 201, 201, 201, 201])
    expect(origin.requests[1]?.content.toString()).to.equal('little')
  })

  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'] as const) {
    it(`answers the challenge to a ${method} without content`, async () => {
      const guard = new DigestGuard()
      const origin = await guarded(guard.mode)
      const dispatcher = agentFor({ authenticate: { ...digest(), origin: origin.url } })
      const { statusCode, body } = await request(`${origin.url}/file`, { method, dispatcher })
      await body.dump()
      expect(statusCode).to.equal(201)
      expect(statuses(origin)).to.deep.equal([401, 201])
      expect(origin.requests.map(({ asked, bytes }) => asked || bytes > 0)).to.not.include(true)
    })
  }

  it('hashes the query that undici appends to the path', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(guard.mode)
    const dispatcher = agentFor({ authenticate: { ...digest(), origin: origin.url } })
    const query = { part: 1, name: 'a b' }
    const options = { method: 'PUT', query, body: 'little', dispatcher } as const
    const { statusCode } = await request(`${origin.url}/file`, options)
    expect(statusCode).to.equal(201)
    expect(origin.requests.map(({ path }) => path)).to.deep.equal([
      '/file?part=1&name=a%20b',
      '/file?part=1&name=a%20b',
    ])
  })

  it('increments the count when the request is replayed after a 417', async () => {
    const guard = new DigestGuard()
    const origin = await guarded((seen) => {
      const mode = guard.mode(seen)
      return mode === 'go' ? 417 : mode
    })
    const { response, report } = await uploader({ authenticate: digest() })(`${origin.url}/file`)
    expect(response.status).to.equal(201)
    expect(statuses(origin)).to.deep.equal([401, 417, 201])
    expect(guard.seen.map(({ nc }) => nc)).to.deep.equal(['00000001', '00000002'])
    expect(report.attempts.map(({ reason }) => reason)).to.deep.equal([
      'first',
      'challenge',
      'replay',
    ])
    expect(completeCount(origin)).to.equal(1)
  })

  it('is not used by a dispatch with authenticate: null', async () => {
    const guard = new DigestGuard()
    const origin = await guarded(guard.mode)
    const send = uploader({ authenticate: digest() })
    const { response } = await send(`${origin.url}/file`, stream(), { authenticate: null })
    expect(response.status).to.equal(401)
    expect(statuses(origin)).to.deep.equal([401])
  })

  it('keeps separate nonces for two origins', async () => {
    const guards = [new DigestGuard(), new DigestGuard()]
    const origins = await Promise.all(guards.map((guard) => guarded(guard.mode)))
    const send = uploader({ authenticate: digest() })
    for (const origin of [...origins, ...origins]) await send(`${origin.url}/file`)
    expect(origins.map(statuses)).to.deep.equal([
      [401, 201, 201],
      [401, 201, 201],
    ])
    expect(guards.map(({ seen }) => seen.map(({ nc }) => nc))).to.deep.equal([
      ['00000001', '00000002'],
      ['00000001', '00000002'],
    ])
  })
})
