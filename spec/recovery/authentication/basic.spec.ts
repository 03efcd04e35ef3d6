import { expect } from 'chai'
import { basicAuthorization } from '../../../lib/recovery/authentication/basic.ts'

describe('basicAuthorization', () => {
  // RFC 7617, sections 2 and 2.1.
  const examples: readonly (readonly [string, string, string])[] = [
    ['Aladdin', 'open sesame', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['test', '123\u00a3', 'Basic dGVzdDoxMjPCow=='],
    ['', '', 'Basic Og=='],
    ['user', 'a:b', 'Basic dXNlcjphOmI='],
  ]
  for (const [username, password, value] of examples) {
    it(`encodes ${username}:${password}`, () => {
      expect(basicAuthorization({ username, password })).to.equal(value)
    })
  }

  it('composes letters and combining marks', () => {
    const apart = basicAuthorization({ username: 'a\u0308', password: '' })
    expect(apart).to.equal(basicAuthorization({ username: '\u00e4', password: '' }))
  })
})
