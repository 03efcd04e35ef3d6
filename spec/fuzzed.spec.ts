import { expect } from 'chai'
import { upload } from '../lib/client/upload.ts'
import { agentFor } from './support/faces.ts'
import { origin } from './support/origin.ts'
import type { Wire } from './support/wire.ts'

/** Says go, takes the content and says that it did. */
async function accept(wire: Wire): Promise<void> {
  const head = await wire.head()
  wire.send('HTTP/1.1 100 Continue')
  expect((await wire.content(head)).toString()).to.equal('content')
  wire.send('HTTP/1.1 201 Created', 'content-length: 0')
}

// What `npm run fuzz` found and no other spec had.
describe('an upload', () => {
  for (const [where, before] of [
    ['a fresh connection', 0],
    ['a kept connection', 1],
  ] as const) {
    it(`takes no response for its own that comes before its head, on ${where}`, async () => {
      let pulled = (): void => {}
      let closed = (): void => {}
      const isPulled = new Promise<void>((resolve) => {
        pulled = resolve
      })
      const isClosed = new Promise<void>((resolve) => {
        closed = resolve
      })
      async function* late(): AsyncGenerator<string> {
        pulled()
        await isClosed
        yield 'content'
      }
      const peer = await origin(async (wire) => {
        for (let count = 0; count < before; count++) await accept(wire)
        await isPulled
        wire.send('HTTP/1.1 202 Accepted', 'content-length: 0')
        expect(await wire.closed()).to.have.length(0)
        closed()
      }, accept)
      const options = { expect: 'always', dispatcher: agentFor({ connections: 1 }) } as const
      for (let count = 0; count < before; count++) await upload(peer.url, 'content', options)
      const { response, report } = await upload(peer.url, late(), options)
      expect(response.status).to.equal(201)
      expect(report.attempts.map(({ reason }) => reason)).to.deep.equal([
        'first',
        'fresh-connection',
      ])
      await peer.done
    })
  }

  it('fails when the response breaks off that it got after a 421', async () => {
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
    it(`reports a refusal in ${version} as what it is`, async () => {
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
