import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { parseChallenges } from '../../../lib/protocol/challenge.ts'
import { digestAuthorization } from '../../../lib/recovery/authentication/digest.ts'
import {
  type DigestChallenge,
  strongestDigest,
} from '../../../lib/recovery/authentication/digest-challenge.ts'

function challengeOf(text: string): DigestChallenge {
  const challenge = strongestDigest(parseChallenges(`Digest ${text}`))
  if (challenge === null) throw new Error(`${text} cannot be answered`)
  return challenge
}

const mufasa = { username: 'Mufasa', password: 'Circle of Life' }
const jason = { username: 'J\u00e4s\u00f8n Doe', password: 'Secret, or not?' }
const request = { method: 'GET', uri: '/dir/index.html', count: 1, cnonce: '0a4f113b' }

function authorization(
  challenge: string,
  credentials = mufasa,
  own: Partial<typeof request & { nonce: string }> = {},
): string {
  const read = challengeOf(challenge)
  return digestAuthorization(read, credentials, { nonce: read.nonce, ...request, ...own })
}

function fieldOf(value: string, name: string): string | undefined {
  return new RegExp(`[ ,]${name.replace('*', '\\*')}=("[^"]*"|[^,]+)`).exec(value)?.[1]
}

function md5(...parts: string[]): string {
  return createHash('md5').update(parts.join(':')).digest('hex')
}

describe('digestAuthorization', () => {
  describe('answers the challenges of RFC 7616, section 3.9.1', () => {
    const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
    const opaque = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'
    const responses = {
      MD5: '8ca523f5e9506fed4657c9700eebdbec',
      'SHA-256': '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    }
    for (const [algorithm, response] of Object.entries(responses)) {
      it(algorithm, () => {
        const value = authorization(
          `realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`,
          mufasa,
          { cnonce },
        )
        expect(value).to.equal(
          [
            'Digest username="Mufasa"',
            'realm="http-auth@example.org"',
            `nonce="${nonce}"`,
            'uri="/dir/index.html"',
            `response="${response}"`,
            `algorithm=${algorithm}`,
            'qop=auth',
            'nc=00000001',
            `cnonce="${cnonce}"`,
            `opaque="${opaque}"`,
          ].join(', '),
        )
      })
    }
  })

  // The values in section 3.9.2 were computed with another hash function; these are from erratum 4897.
  it('answers the challenge of RFC 7616, section 3.9.2, as corrected', () => {
    const value = authorization(
      'realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true',
      jason,
      { uri: '/doe.json', cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v' },
    )
    expect(fieldOf(value, 'username')).to.equal(
      '"793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"',
    )
    expect(fieldOf(value, 'response')).to.equal(
      '"3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"',
    )
    expect(fieldOf(value, 'userhash')).to.equal('true')
    expect(value).not.to.include('charset')
  })

  it('answers a challenge without qop as RFC 2069 does', () => {
    const value = authorization('realm="r", nonce="n"')
    const response = md5(md5('Mufasa', 'r', 'Circle of Life'), 'n', md5('GET', request.uri))
    expect(value).to.equal(
      `Digest username="Mufasa", realm="r", nonce="n", uri="/dir/index.html", response="${response}"`,
    )
  })

  it('writes the count in eight hexadecimal digits', () => {
    const value = authorization('realm="r", nonce="n", qop="auth"', mufasa, { count: 0xabc })
    expect(fieldOf(value, 'nc')).to.equal('00000abc')
  })

  it('keeps the first nonce in the key of a session', () => {
    const value = authorization('realm="r", nonce="n1", qop="auth", algorithm=MD5-sess', mufasa, {
      nonce: 'n2',
      count: 2,
    })
    const key = md5(md5('Mufasa', 'r', 'Circle of Life'), 'n1', '0a4f113b')
    const response = md5(key, 'n2', '00000002', '0a4f113b', 'auth', md5('GET', request.uri))
    expect(fieldOf(value, 'response')).to.equal(`"${response}"`)
    expect(fieldOf(value, 'algorithm')).to.equal('MD5-sess')
    expect(fieldOf(value, 'nonce')).to.equal('"n2"')
  })

  it('sends the cnonce that a session without qop depends on', () => {
    const value = authorization('realm="r", nonce="n", algorithm=MD5-sess')
    expect(fieldOf(value, 'cnonce')).to.equal('"0a4f113b"')
    expect(value).not.to.match(/qop|nc=/)
  })

  it('hashes quotes and backslashes unescaped, and escapes them in the field', () => {
    const credentials = { username: 'a"b\\', password: 'c' }
    const value = authorization('realm="r\\"s", nonce="n\\\\", opaque="o\\""', credentials)
    const response = md5(md5('a"b\\', 'r"s', 'c'), 'n\\', md5('GET', request.uri))
    expect(value).to.equal(
      `Digest username="a\\"b\\\\", realm="r\\"s", nonce="n\\\\", uri="/dir/index.html", response="${response}", opaque="o\\""`,
    )
  })

  it('hashes the bytes of a realm outside ASCII', () => {
    const bytes = Buffer.from('\u00dcbung').toString('latin1')
    const value = authorization(`realm="${bytes}", nonce="n"`)
    const key = md5('Mufasa', '\u00dcbung', 'Circle of Life')
    expect(fieldOf(value, 'response')).to.equal(`"${md5(key, 'n', md5('GET', request.uri))}"`)
    expect(fieldOf(value, 'realm')).to.equal(`"${bytes}"`)
  })

  const names: readonly (readonly [string, string, string, string])[] = [
    [
      'in extended notation with charset UTF-8',
      ', charset=utf-8',
      'username*',
      "UTF-8''J%C3%A4s%C3%B8n%20Doe",
    ],
    [
      'in UTF-8 without a charset',
      '',
      'username',
      `"${Buffer.from(jason.username).toString('latin1')}"`,
    ],
  ]
  for (const [name, extra, field, wanted] of names) {
    it(`sends a name outside ASCII ${name}`, () => {
      const value = authorization(`realm="r", nonce="n"${extra}`, jason)
      expect(fieldOf(value, field)).to.equal(wanted)
      const key = md5(jason.username, 'r', jason.password)
      expect(fieldOf(value, 'response')).to.equal(`"${md5(key, 'n', md5('GET', request.uri))}"`)
    })
  }

  it('composes letters and combining marks only with charset UTF-8', () => {
    const apart = { username: 'a\u0308', password: 'o\u0308' }
    const composed = { username: '\u00e4', password: '\u00f6' }
    const utf8 = 'realm="r", nonce="n", charset="UTF-8"'
    expect(authorization(utf8, apart)).to.equal(authorization(utf8, composed))
    const plain = 'realm="r", nonce="n"'
    expect(authorization(plain, apart)).not.to.equal(authorization(plain, composed))
  })

  it('accepts an unpaired surrogate in a name', () => {
    const value = authorization('realm="r", nonce="n", charset=UTF-8', {
      username: '\ud800',
      password: 'x',
    })
    expect(fieldOf(value, 'username*')).to.equal("UTF-8''%EF%BF%BD")
  })
})
