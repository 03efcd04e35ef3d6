import { expect } from 'chai'
import { faces } from '../support/all-faces.ts'
import { noise, sha256 } from '../support/contents.ts'
import { guarded, statuses } from '../support/guarded.ts'

const secrets = { authorization: 'Bearer secret', cookie: 'session=secret' }
const content = noise(5000)

/** The secrets in the last request. */
function cameTo(headers: object | undefined): string[] {
  return Object.keys({ ...headers }).filter((name) => name in secrets || name.startsWith('proxy-'))
}

for (const { name, open } of faces) {
  describe(`${name} with redirects`, () => {
    const sending = { headers: { ...secrets, 'x-own': 'kept' }, expect: 'always' } as const

    for (const status of [301, 302, 307, 308]) {
      it(`sends no secrets of the origin to another origin after a ${status}`, async () => {
        const other = await guarded('go')
        const origin = await guarded({ status, headers: { location: `${other.url}/there` } })
        await open({ redirect: 'follow' })(`${origin.url}/here`, content, sending)
        const [seen] = other.requests
        expect(seen).to.include({ method: 'PUT', path: '/there', sha256: sha256(content) })
        expect(cameTo(seen?.headers)).to.deep.equal([])
        expect(seen?.headers['x-own']).to.equal('kept')
        expect(cameTo(origin.requests[0]?.headers)).to.have.members(Object.keys(secrets))
      })
    }

    it('fails after a limited number of redirects', async () => {
      const origin = await guarded(({ path }) => ({
        status: 307,
        headers: { location: `${path}x` },
      }))
      const failure = await open({ redirect: 'follow' })(`${origin.url}/`, content, sending).catch(
        (error) => error,
      )
      expect(failure).to.be.instanceOf(Error)
      // fetch allows 20; the others use maxRedirections, which is 5.
      expect(statuses(origin).length).to.be.oneOf([6, 21])
    })
  })
}
