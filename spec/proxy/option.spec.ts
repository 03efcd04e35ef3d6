import { expect } from 'chai'
import { buildConnector } from 'undici'
import { ExpectAgent } from '../../lib/client/agent.ts'

const url = 'http://proxy.test:3128'
const credentials = { username: 'user', password: 'secret' }

const wrong: readonly [what: string, options: object, message: RegExp][] = [
  ['a number', { proxy: 5 }, /'proxy' must be 'env', 'node', a URL or \{ url, … \}, not 5/],
  ['null', { proxy: null }, /'proxy' must be 'env', 'node', a URL/],
  ['not a URL', { proxy: 'secret' }, /'proxy' must have a URL such as/],
  ['no URL', { proxy: {} }, /'proxy' must have a URL/],
  ['a foreign scheme', { proxy: 'ftp://user:secret@a' }, /with a scheme: http/],
  ['no scheme', { proxy: 'secret:secret@a.test:3128' }, /with a scheme: http/],
  ['a URL without a host', { proxy: 'socks5://' }, /without a host/],
  ['an unknown name', { proxy: { url, password: 'secret' } }, /Unknown option 'password'/],
  ['credentials of another shape', { proxy: { url, credentials: 'secret' } }, /both strings/],
  ['credentials twice', { proxy: { url: 'http://u:secret@a', credentials } }, /keep one/],
  ['credentials badly encoded', { proxy: 'http://user:secret%@a' }, /percent-encoded/],
  ['a user name with a colon', { proxy: 'http://us%3Aer:secret@a' }, /with a colon/],
  ['a user name alone for SOCKS', { proxy: 'socks5://secret@a' }, /1 to 255 bytes/],
  ['a password alone for SOCKS', { proxy: 'socks5://:secret@a' }, /1 to 255 bytes/],
  [
    'a long password for SOCKS',
    { proxy: { url: 'socks5://a', credentials: { username: 'a', password: 'é'.repeat(128) } } },
    /1 to 255 bytes/,
  ],
  ['headers in a list', { proxy: { url, headers: ['a', 'b'] } }, /headers must be an object/],
  ['a header of two lines', { proxy: { url, headers: { a: 'secret\n' } } }, /cannot carry: 'a'/],
  ['headers for SOCKS', { proxy: { url: 'socks5://a', headers: { a: 'b' } } }, /SOCKS/],
  ['TLS options that are none', { proxy: { url: 'https://a', tls: 'secret' } }, /tls must be/],
  ['TLS options without TLS', { proxy: { url, tls: {} } }, /tls means nothing/],
  ['a list for noProxy', { proxy: { url, noProxy: ['a'] } }, /noProxy must be a string/],
  ['a connect function', { proxy: url, connect: buildConnector({}) }, /'connect' cannot be/],
  ['a Unix socket', { proxy: url, connect: { socketPath: '/a' } }, /'socketPath' leads past/],
]

describe("ExpectAgent's proxy", () => {
  for (const [what, options, message] of wrong) {
    it(`is rejected with a TypeError that contains no secret: ${what}`, () => {
      const make = (): ExpectAgent => new ExpectAgent(options)
      expect(make).to.throw(TypeError, message)
      expect(make).not.to.throw(/secret/)
    })
  }

  for (const proxy of [url, new URL(url), 'env', 'socks5h://user:secret@a', { url, credentials }]) {
    it(`may be ${JSON.stringify(proxy)}`, async () => {
      await new ExpectAgent({ proxy }).close()
    })
  }
})
