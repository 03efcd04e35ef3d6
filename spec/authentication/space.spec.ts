import { expect } from 'chai'
import { originSpace, proxySpace } from '../../lib/recovery/authentication/space.ts'
import type { Hop } from '../../lib/upload/hop.ts'

const here = 'http://uploads.example'

function to(origin: string, path = '/file'): Hop {
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

for (const [name, space] of Object.entries({ originSpace, proxySpace })) {
  describe(name, () => {
    for (const [origin, covered] of origins) {
      it(`of ${here} ${covered ? 'covers' : 'does not cover'} ${origin}`, () => {
        expect(space(here).covers(to(origin))).to.equal(covered)
      })
    }
  })
}

describe('originSpace', () => {
  it('covers what is encrypted', () => {
    expect(originSpace('https://uploads.example').covers(to('https://uploads.example'))).to.equal(
      true,
    )
  })
})

describe('proxySpace', () => {
  it('does not cover what goes through a tunnel', () => {
    const secure = 'https://uploads.example'
    expect(proxySpace(secure).covers(to(secure))).to.equal(false)
  })

  it('covers a whole URL that goes to an encrypted proxy', () => {
    const proxy = 'https://proxy.example'
    expect(proxySpace(proxy).covers(to(proxy, 'http://uploads.example/file'))).to.equal(true)
  })
})
