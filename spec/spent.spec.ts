import { expect } from 'chai'
import { noise } from './support/contents.ts'
import { ownFaces } from './support/faces.ts'
import { type Origin, origin, type Script } from './support/origin.ts'
import { turns } from './support/turns.ts'
import type { Wire } from './support/wire.ts'

const large = noise(200_000)
const small = noise(1000)

async function answer(wire: Wire, status: number): Promise<void> {
  const head = await wire.head()
  if (/^expect: 100-continue\r$/im.test(head)) wire.send('HTTP/1.1 100 Continue')
  await wire.content(head)
  wire.send(`HTTP/1.1 ${status} Whatever`, 'Content-Length: 0')
}

/** Answers one status after another on one connection. */
function answering(...statuses: number[]): Script {
  return async (wire) => {
    for (const status of statuses) await answer(wire, status)
    expect((await wire.closed()).length).to.equal(0)
  }
}

for (const face of ownFaces) {
  describe(`a connection after all of the content, through ${face.name}`, () => {
    async function statuses(peer: Origin, content: Buffer): Promise<number[]> {
      const send = face.open({ expect: 'always' })
      const seen = []
      for (let count = 0; count < 2; count++) {
        seen.push((await send(peer.url, content)).status)
        // A pool reuses a connection one turn after its response is over.
        await turns()
      }
      return seen
    }

    it('is closed when the refusal may have been sent before the origin had read the content', async () => {
      const peer = await origin(answering(413), answering(201))
      expect(await statuses(peer, large)).to.deep.equal([413, 201])
      expect(peer.connections).to.equal(2)
    })

    it('is kept open when the content was accepted', async () => {
      const peer = await origin(answering(201, 201))
      expect(await statuses(peer, large)).to.deep.equal([201, 201])
    })

    it('is kept open when the refused content is so small that it has arrived', async () => {
      const peer = await origin(answering(404, 201))
      expect(await statuses(peer, small)).to.deep.equal([404, 201])
    })
  })
}
