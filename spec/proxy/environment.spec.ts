import { expect } from 'chai'
import { environmentProxies } from '../../lib/proxy/environment.ts'

type Row = readonly [environment: Record<string, string>, http: string | null, https: string | null]

const rows: readonly Row[] = [
  [{}, null, null],
  [{ HTTP_PROXY: 'http://a:1' }, 'http://a:1', null],
  [{ http_proxy: 'http://a:1', HTTP_PROXY: 'http://b:1' }, 'http://a:1', null],
  [{ http_proxy: '', HTTP_PROXY: 'http://b:1' }, null, null],
  [{ HTTPS_PROXY: 'http://a:1' }, null, 'http://a:1'],
  [{ https_proxy: 'https://a:1', HTTPS_PROXY: 'http://b:1' }, null, 'https://a:1'],
  [{ ALL_PROXY: 'socks5://a:1' }, 'socks5://a:1', 'socks5://a:1'],
  [{ all_proxy: 'http://a:1', ALL_PROXY: 'http://b:1' }, 'http://a:1', 'http://a:1'],
  [{ ALL_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:1' }, 'http://a:1', 'http://b:1'],
  [{ ALL_PROXY: 'http://a:1', https_proxy: '' }, 'http://a:1', null],
  [{ HTTP_PROXY: 'a.test:3128' }, 'http://a.test:3128', null],
  [{ HTTP_PROXY: ' http://a:1 ' }, 'http://a:1', null],
  [{ HTTP_PROXY: 'http://user:secret@a:1' }, 'http://a:1', null],
  [{ HTTP_PROXY: 'http://a:1', REQUEST_METHOD: 'GET' }, null, null],
  [{ http_proxy: 'http://a:1', REQUEST_METHOD: 'GET' }, 'http://a:1', null],
]

describe('environmentProxies', () => {
  for (const [environment, http, https] of rows) {
    it(`reads ${JSON.stringify(environment)}`, () => {
      const table = environmentProxies(environment)
      expect([table.http?.name ?? null, table.https?.name ?? null]).to.eql([http, https])
    })
  }

  it('reads no_proxy, and NO_PROXY if it is not set', () => {
    const origin = new URL('http://a.test')
    const capitals = { NO_PROXY: 'a.test' }
    expect(environmentProxies(capitals).bypasses(origin)).to.equal(true)
    expect(environmentProxies({ ...capitals, no_proxy: '' }).bypasses(origin)).to.equal(false)
  })

  it('names an invalid variable, and not its value', () => {
    const read = () => environmentProxies({ HTTPS_PROXY: 'ftp://user:secret@a' })
    expect(read).to.throw(TypeError, /^The environment's HTTPS_PROXY must have a URL with a scheme/)
  })
})
