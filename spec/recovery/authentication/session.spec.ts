import { expect } from 'chai'
import { parseChallenges } from '../../../lib/protocol/challenge.ts'
import {
  type Offer,
  offerOf,
  type Session,
  sessionFor,
} from '../../../lib/recovery/authentication/session.ts'
import type { HttpRequest } from '../../../lib/upload/http-request.ts'

const user = { username: 'user', password: 'secret' }
const other = { username: 'other', password: 'secret' }
const both = 'Basic realm="r", Digest realm="r", nonce="n1", qop="auth"'
const httpRequest: HttpRequest = {
  origin: 'http://uploads.example',
  path: '/file?part=1',
  method: 'PUT',
  headers: [],
  hasContent: true,
}

function offer(value: string, credentials: Parameters<typeof offerOf>[1]): Offer {
  const found = offerOf(parseChallenges(value), credentials)
  if (found === null) throw new Error(`${value} cannot be answered`)
  return found
}

function digest(extra = '', nonce = 'n1'): Offer {
  return offer(`Digest realm="r", nonce="${nonce}", qop="auth"${extra}`, { digest: user })
}

/** The nonce and its count in the next credentials. */
function next(session: Session): string[] {
  const value = session.authorization(httpRequest)
  return ['nonce', 'nc', 'cnonce', 'uri'].map(
    (name) => new RegExp(` ${name}="?([^",]+)`).exec(value)?.[1] ?? '',
  )
}

describe('offerOf', () => {
  it('prefers digest', () => {
    expect(offer(both, { basic: user, digest: other })).to.deep.include({
      scheme: 'digest',
      credentials: other,
    })
  })

  it('uses basic without credentials for digest', () => {
    expect(offer(both, { basic: user })).to.deep.equal({ scheme: 'basic', credentials: user })
  })

  it('uses basic if the digest challenge is unsupported', () => {
    const value = 'Digest realm="r", nonce="n", qop="auth-int", Basic realm="r"'
    expect(offer(value, { basic: user, digest: other }).scheme).to.equal('basic')
  })

  for (const value of ['', 'Bearer', 'Basic realm="r"', 'Digest realm="r"']) {
    it(`returns null for '${value}' with digest only`, () => {
      expect(offerOf(parseChallenges(value), { digest: user })).to.equal(null)
    })
  }

  it('returns null without credentials', () => {
    expect(offerOf(parseChallenges(both), {})).to.equal(null)
  })
})

describe('sessionFor', () => {
  it('sends the same basic credentials each time', () => {
    const session = sessionFor(offer(both, { basic: user }))
    session.inform('nextnonce="n2"')
    const values = [session.authorization(httpRequest), session.authorization(httpRequest)]
    expect(values).to.deep.equal(['Basic dXNlcjpzZWNyZXQ=', 'Basic dXNlcjpzZWNyZXQ='])
  })

  it('counts the requests that use a nonce', () => {
    const session = sessionFor(digest())
    const [first, second] = [next(session), next(session)]
    expect(first.slice(0, 2)).to.deep.equal(['n1', '00000001'])
    expect(second.slice(0, 2)).to.deep.equal(['n1', '00000002'])
    expect(second[2], 'cnonce').to.equal(first[2])
  })

  it('has a random cnonce', () => {
    const [, , one = ''] = next(sessionFor(digest()))
    const [, , two = ''] = next(sessionFor(digest()))
    expect(one).to.have.lengthOf(22)
    expect(two).not.to.equal(one)
  })

  it('includes the query in the request target', () => {
    expect(next(sessionFor(digest()))[3]).to.equal('/file?part=1')
  })

  it('can be used for any number of concurrent requests', () => {
    const sessions = [sessionFor(digest()), sessionFor(offer(both, { basic: user }))]
    for (const session of sessions) {
      expect(session.free).to.equal(true)
      session.authorization(httpRequest)
      expect(session.free).to.equal(true)
    }
  })

  it('can be used for one request at a time after a response with a next nonce', () => {
    const session = sessionFor(digest())
    session.authorization(httpRequest)
    session.inform('nextnonce="n2"')
    expect(session.free).to.equal(true)
    session.authorization(httpRequest)
    expect(session.free).to.equal(false)
    session.inform('nextnonce="n3"')
    expect(session.free).to.equal(true)
  })

  const infos: readonly (readonly [string, string | string[], string[]])[] = [
    ['a next nonce', 'rspauth="a", nextnonce="n2", qop=auth', ['n2', '00000001']],
    ['a next nonce in a second line', ['qop=auth', 'nextnonce="n2"'], ['n2', '00000001']],
    ['the same nonce', 'nextnonce="n1"', ['n1', '00000002']],
    ['an empty nonce', 'nextnonce=""', ['n1', '00000002']],
    ['no nonce', 'qop=auth, nc=00000001', ['n1', '00000002']],
    ['nothing', '', ['n1', '00000002']],
  ]
  for (const [name, info, wanted] of infos) {
    it(`continues according to ${name}`, () => {
      const session = sessionFor(digest())
      next(session)
      session.inform(info)
      expect(next(session).slice(0, 2)).to.deep.equal(wanted)
    })
  }

  const questions: readonly (readonly [string, Offer, boolean])[] = [
    ['the same challenge', digest(), true],
    ['the same challenge, said to be stale', digest(', stale=true'), true],
    ['another nonce', digest('', 'n2'), false],
    ['another opaque value', digest(', opaque="o"'), false],
    ['another algorithm', digest(', algorithm=SHA-256'), false],
    ['basic', offer(both, { basic: user }), false],
  ]
  for (const [name, asked, wanted] of questions) {
    it(`${wanted ? 'answers' : 'does not answer'} ${name}`, () => {
      expect(sessionFor(digest()).answers(asked)).to.equal(wanted)
    })
  }

  it('answers the latest nonce', () => {
    const session = sessionFor(digest())
    session.inform('nextnonce="n2"')
    expect(session.answers(digest())).to.equal(false)
    expect(session.answers(digest('', 'n2'))).to.equal(true)
  })

  it('answers basic with basic only', () => {
    const session = sessionFor(offer(both, { basic: user }))
    expect(session.answers(offer(both, { basic: user }))).to.equal(true)
    expect(session.answers(digest())).to.equal(false)
  })
})
