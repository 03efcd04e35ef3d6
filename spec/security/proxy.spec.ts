import { expect } from 'chai'
import { type UploadOptions, type UploadResult, upload } from '../../lib/client/upload.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import type { OriginMode, TestOrigin } from '../../lib/testing/index.ts'
import { agentFor } from '../support/faces.ts'
import { completeCount, guarded, statuses, stream, user } from '../support/guarded.ts'

function send(proxy: TestOrigin, options: UploadOptions = {}): Promise<UploadResult> {
  const memory = new RouteMemory()
  const own = { dispatcher: agentFor({ proxy: proxy.url }), memory, ...options }
  return upload('http://uploads.example/file', stream(), own)
}

/** The fields with credentials in each request. */
function credentials({ requests }: TestOrigin): string[][] {
  const names = ['authorization', 'proxy-authorization']
  return requests.map(({ headers }) => names.filter((name) => name in headers))
}

const both = { basic: user, proxy: { basic: user } }

describe('a proxy that responds instead of the origin', () => {
  for (const status of [403, 407, 413, 502, 503, 504]) {
    it(`has its ${status} returned, and gets no content`, async () => {
      const proxy = await guarded({ status, body: 'the proxy says no' })
      const { response, report } = await send(proxy)
      expect(response.status).to.equal(status)
      expect(await response.text()).to.equal('the proxy says no')
      expect(report).to.include({ outcome: 'refused', sentBytes: 0 })
      expect(statuses(proxy)).to.deep.equal([status])
    })
  }

  it('gets a replay without the expectation after its 417, once', async () => {
    const proxy = await guarded(417)
    const { response, report } = await send(proxy)
    expect(response.status).to.equal(201)
    expect(report.outcome).to.equal('replayed')
    expect(proxy.requests.map(({ asked }) => asked)).to.deep.equal([true, false])
    expect(completeCount(proxy)).to.equal(1)
  })

  const traps: readonly (readonly [string, OriginMode])[] = [
    [
      'a 407 that challenges as an origin does',
      { status: 407, headers: { 'www-authenticate': 'Basic realm="x"' } },
    ],
    [
      'a 401 that challenges as a proxy does',
      { status: 401, headers: { 'proxy-authenticate': 'Basic realm="x"' } },
    ],
    [
      'a 403 that challenges',
      {
        status: 403,
        headers: { 'proxy-authenticate': 'Basic realm="x"', 'www-authenticate': 'Basic realm="x"' },
      },
    ],
  ]
  for (const [what, mode] of traps) {
    it(`gets no credentials for ${what}`, async () => {
      const proxy = await guarded(mode)
      await send(proxy, { authenticate: both })
      expect(credentials(proxy)).to.deep.equal([[]])
    })
  }

  it('gets its own credentials after a 407, and not those of the origin', async () => {
    const headers = { 'proxy-authenticate': 'Basic realm="x"' }
    const proxy = await guarded({ status: 407, headers })
    const { response } = await send(proxy, { authenticate: both })
    expect(response.status).to.equal(407)
    expect(credentials(proxy)).to.deep.equal([[], ['proxy-authorization']])
  })
})
