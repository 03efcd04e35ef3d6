import { Readable } from 'node:stream'
import { expect } from 'chai'
import { fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import { reportOf } from '../../lib/report/reported.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin } from '../support/open-origin.ts'

const content = noise(100_000)
const oneShot = (): Readable => Readable.from([content.subarray(0, 1000), content.subarray(1000)])

describe('a response that the platform’s fetch would handle itself', () => {
  it('is returned by upload: a 407 with all its properties', async () => {
    const headers = { 'proxy-authenticate': 'Basic realm="proxy"' }
    const origin = await openOrigin({ mode: { status: 407, headers, body: 'who are you?' } })
    const { response, report } = await upload(origin.url, oneShot(), { dispatcher: agentFor() })
    expect(response).to.be.instanceOf(Response)
    expect(response).to.include({
      status: 407,
      statusText: 'Proxy Authentication Required',
      url: `${origin.url}/`,
      redirected: false,
      ok: false,
    })
    expect(response.headers.get('proxy-authenticate')).to.equal(headers['proxy-authenticate'])
    expect(await response.text()).to.equal('who are you?')
    expect(report).to.include({ outcome: 'refused', sentBytes: 0 })
    expect(reportOf(response)).to.deep.equal(report)
  })

  for (const [name, send] of Object.entries({
    upload: async (url: string) =>
      (await upload(url, oneShot(), { dispatcher: agentFor() })).response,
    fetch: (url: string) => fetch(url, { method: 'PUT', body: oneShot(), dispatcher: agentFor() }),
  })) {
    it(`is returned by ${name}: a 421 to one-shot content that was sent`, async () => {
      const origin = await openOrigin({ response: { status: 421, body: 'not here' } })
      const response = await send(origin.url)
      expect(response).to.include({ status: 421, url: `${origin.url}/` })
      expect(await response.text()).to.equal('not here')
      expect(origin.requests).to.have.length(1)
    })
  }
})
