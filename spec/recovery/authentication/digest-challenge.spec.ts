import { expect } from 'chai'
import { parseChallenges } from '../../../lib/protocol/challenge.ts'
import { strongestDigest } from '../../../lib/recovery/authentication/digest-challenge.ts'

function strongest(...values: string[]): ReturnType<typeof strongestDigest> {
  return strongestDigest(parseChallenges(values))
}

describe('strongestDigest', () => {
  it('reads all parameters', () => {
    const value =
      'Digest realm="r", nonce="n", opaque="o", algorithm=SHA-256-sess, qop="auth-int, auth", userhash=TRUE, charset="utf-8", stale=True, domain="/a"'
    expect(strongest(value)).to.deep.equal({
      realm: 'r',
      nonce: 'n',
      opaque: 'o',
      algorithm: 'SHA-256-sess',
      hash: 'sha256',
      session: true,
      qop: true,
      userhash: true,
      utf8: true,
      stale: true,
    })
  })

  it('uses MD5 without qop by default', () => {
    expect(strongest('Digest realm="r", nonce="n"')).to.deep.equal({
      realm: 'r',
      nonce: 'n',
      opaque: null,
      algorithm: null,
      hash: 'md5',
      session: false,
      qop: false,
      userhash: false,
      utf8: false,
      stale: false,
    })
  })

  const algorithms: readonly (readonly [string, string, boolean])[] = [
    ['MD5', 'md5', false],
    ['md5-SESS', 'md5', true],
    ['"MD5"', 'md5', false],
    ['SHA-256', 'sha256', false],
    ['sha-256-sess', 'sha256', true],
    ['SHA-512-256', 'sha512-256', false],
    ['SHA-512-256-sess', 'sha512-256', true],
  ]
  for (const [algorithm, hash, session] of algorithms) {
    it(`supports ${algorithm}`, () => {
      const found = strongest(`Digest realm="r", nonce="n", algorithm=${algorithm}`)
      expect(found).to.include({ hash, session })
    })
  }

  it('selects the strongest in any position', () => {
    const offers = ['MD5', 'SHA-512-256', 'SHA-256'].map(
      (algorithm) => `Digest realm="r", nonce="n", algorithm=${algorithm}`,
    )
    expect(strongest(...offers)?.hash).to.equal('sha512-256')
    expect(strongest(offers.join(', '))?.hash).to.equal('sha512-256')
    expect(strongest(offers[0] ?? '', offers[2] ?? '')?.hash).to.equal('sha256')
  })

  it('selects the first of equally strong ones', () => {
    expect(
      strongest('Digest realm="a", nonce="n", algorithm=MD5-sess', 'Digest realm="b", nonce="n"')
        ?.realm,
    ).to.equal('a')
  })

  const unusable = {
    'another scheme': 'Basic realm="r", nonce="n"',
    'no realm': 'Digest nonce="n"',
    'no nonce': 'Digest realm="r"',
    'protection of the content alone': 'Digest realm="r", nonce="n", qop="auth-int"',
    'an unknown quality of protection': 'Digest realm="r", nonce="n", qop=authentic',
    'an unknown algorithm': 'Digest realm="r", nonce="n", algorithm=SHA-1',
    'an algorithm of Node alone': 'Digest realm="r", nonce="n", algorithm=SHA3-256',
    'a session of nothing': 'Digest realm="r", nonce="n", algorithm=-sess',
    'no challenge': '',
  }
  for (const [name, value] of Object.entries(unusable)) {
    it(`rejects ${name}`, () => {
      expect(strongest(value)).to.equal(null)
    })
  }

  it('selects a weaker one if the strongest is unsupported', () => {
    const found = strongest(
      'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth-int"',
      'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"',
    )
    expect(found?.hash).to.equal('md5')
  })

  it('treats an empty qop as none', () => {
    expect(strongest('Digest realm="r", nonce="n", qop=""')?.qop).to.equal(false)
  })
})
