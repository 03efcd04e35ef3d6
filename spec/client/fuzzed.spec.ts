import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { agentFor } from '../support/faces.ts'
import { origin } from '../support/origin.ts'

// Failures that `npm run fuzz` found and that no other spec covers.
describe('an upload', () => {
  it('fails when the response to the request after a 421 breaks off', async () => {
    const peer = await origin(
      async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 421 Misdirected Request')
      },
      async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 413 Content Too Large', 'content-length: 10')
        wire.end()
      },
    )
    const options = { expect: 'always', dispatcher: agentFor() } as const
    const { response, report } = await upload(peer.url, 'content', options)
    expect(response.status).to.equal(413)
    const failure = await response.text().catch((error) => error)
    expect(failure.cause).to.have.property('code', 'UND_ERR_SOCKET')
    expect(report.attempts.map(({ status }) => status)).to.deep.equal([421, 413])
    await peer.done
  })

  for (const version of ['HTTP/2.0', 'RTSP/1.0']) {
    it(`reports a refusal in ${version} as refused`, async () => {
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.raw(`${version} 413 No\r\ncontent-length: 2\r\n\r\nno`)
        expect(await wire.closed()).to.have.length(0)
      })
      const options = { expect: 'always', dispatcher: agentFor() } as const
      const { response, report } = await upload(peer.url, 'content', options)
      expect(response.status).to.equal(413)
      expect(await response.text()).to.equal('no')
      expect(report).to.include({ outcome: 'refused', sentBytes: 0, savedBytes: 7 })
      expect(report.attempts.map(({ status }) => status)).to.deep.equal([413])
      await peer.done
    })
  }
})
