import { expect } from 'chai'
import type { OriginMode, SeenRequest } from '../../../lib/testing/index.ts'
import {
  authorizations,
  completeCount,
  guarded,
  statuses,
  stream,
  uploader,
  user,
} from '../../support/guarded.ts'

const right = 'Basic dXNlcjpzZWNyZXQ='

function guard({ headers }: SeenRequest): OriginMode {
  if (headers.authorization === right) return 'go'
  return { status: 401, headers: { 'www-authenticate': 'Basic realm="uploads"' } }
}

describe('an upload with basic credentials', () => {
  it('answers a challenge, and later uploads send credentials at once', async () => {
    const origin = await guarded(guard)
    const send = uploader({ authenticate: { basic: user } })
    for (const path of ['1', '2', '3']) {
      const { response } = await send(`${origin.url}/${path}`)
      expect(response.status).to.equal(201)
    }
    expect(statuses(origin)).to.deep.equal([401, 201, 201, 201])
    expect(authorizations(origin)).to.deep.equal([undefined, right, right, right])
    expect(completeCount(origin)).to.equal(3)
  })

  it('returns the 401 when the credentials are wrong', async () => {
    const origin = await guarded(guard)
    const send = uploader({ authenticate: { basic: { ...user, password: 'a guess' } } })
    for (const path of ['1', '2']) {
      const { response } = await send(`${origin.url}/${path}`)
      expect(response.status).to.equal(401)
    }
    expect(statuses(origin)).to.deep.equal([401, 401, 401, 401])
    expect(authorizations(origin).map((each) => each === undefined)).to.deep.equal([
      ...[true, false],
      ...[true, false],
    ])
  })

  it('does not repeat credentials that are suddenly refused', async () => {
    const origin = await guarded(guard)
    const send = uploader({ authenticate: { basic: user } })
    await send(`${origin.url}/1`)
    origin.mode = { status: 401, headers: { 'www-authenticate': 'Basic realm="uploads"' } }
    const { response } = await send(`${origin.url}/2`)
    expect(response.status).to.equal(401)
    expect(statuses(origin)).to.deep.equal([401, 201, 401])
  })

  it('switches to digest when the origin does', async () => {
    const origin = await guarded(guard)
    const send = uploader({ authenticate: { basic: user, digest: user } })
    await send(`${origin.url}/1`)
    origin.mode = ({ headers }) => {
      if (headers.authorization?.startsWith('Digest')) return 'go'
      const value = 'Basic realm="uploads", Digest realm="uploads", nonce="n", qop="auth"'
      return { status: 401, headers: { 'www-authenticate': value } }
    }
    const { response } = await send(`${origin.url}/2`)
    expect(response.status).to.equal(201)
    expect(statuses(origin)).to.deep.equal([401, 201, 401, 201])
  })

  it('recognises by the object whether it was challenged before', async () => {
    const origin = await guarded(guard)
    const send = uploader({})
    const authenticate = { basic: user }
    await send(`${origin.url}/1`, stream(), { authenticate })
    await send(`${origin.url}/2`, stream(), { authenticate })
    await send(`${origin.url}/3`, stream(), { authenticate: { basic: user } })
    expect(statuses(origin)).to.deep.equal([401, 201, 201, 401, 201])
  })
})
