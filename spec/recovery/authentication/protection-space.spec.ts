import { expect } from 'chai'
import type { ProxyOption } from '../../../lib/proxy/proxies.ts'
import { proxiesFor } from '../../../lib/proxy/proxies.ts'
import { originSpace, proxySpaceOf } from '../../../lib/recovery/authentication/protection-space.ts'
import type { HttpRequest } from '../../../lib/upload/http-request.ts'

const here = 'http://uploads.example'

function to(origin: string, path = '/file'): HttpRequest {
  return { origin, path, method: 'PUT', headers: [], hasContent: true }
}

const origins: readonly (readonly [string, boolean])[] = [
  [here, true],
  [`${here}/`, true],
  [`${here}:80`, true],
  ['HTTP://UPLOADS.example', true],
  [`${here}:8080`, false],
  ['https://uploads.example', false],
  ['http://example', false],
  ['http://uploads.example.evil', false],
]

describe('originSpace', () => {
  for (const [origin, covered] of origins) {
    it(`of ${here} ${covered ? 'covers' : 'does not cover'} ${origin}`, () => {
      expect(originSpace(here).covers(to(origin))).to.equal(covered)
    })
  }

  it('covers an https origin', () => {
    expect(originSpace('https://uploads.example').covers(to('https://uploads.example'))).to.equal(
      true,
    )
  })
})

const url = 'http://proxy.example:3128'

/** The protection spaces of an upload through a proxy. */
function spacesOf(first: HttpRequest, proxy?: ProxyOption) {
  return proxySpaceOf(first, proxiesFor(proxy === undefined ? {} : { proxy }))
}

describe('proxySpaceOf', () => {
  it('is empty if no requests are sent to a proxy', () => {
    for (const proxy of [undefined, 'socks5://proxy.example'])
      expect(spacesOf(to(here), proxy)).to.eql([])
  })

  it('is the space of one proxy, for any origin', () => {
    const [one] = spacesOf(to(here), url)
    const [two] = spacesOf(to('http://other.example'), url)
    expect([one?.origin, two?.origin]).to.eql([url, url])
    expect(one?.covers(to('http://other.example'))).to.equal(true)
  })

  it('does not cover tunnels, and requests that bypass the proxy', () => {
    const [space] = spacesOf(to(here), { url, noProxy: 'other.example' })
    const covered = [here, 'https://uploads.example', 'http://other.example']
    expect(covered.map((origin) => space?.covers(to(origin)))).to.eql([true, false, false])
  })

  it('covers requests in absolute form to a proxy, and no others', () => {
    const proxy = 'https://proxy.example'
    const absolute = to(proxy, 'http://uploads.example/file')
    const [space] = spacesOf(absolute)
    expect(space?.origin).to.equal(proxy)
    expect([absolute, to(proxy), to(here)].map((httpRequest) => space?.covers(httpRequest))).to.eql(
      [true, false, false],
    )
  })
})
