import { Readable } from 'node:stream'
import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'

const content = noise(200_000)

describe('an origin that refuses content of unknown length', () => {
  for (const status of [411, 501]) {
    it(`leaves it unread with a ${status}, and accepts it with a length`, async () => {
      const origin = await startOrigin({
        mode: ({ headers }) => (headers['transfer-encoding'] === undefined ? 'go' : status),
      })
      closeLater(() => origin.close())
      const dispatcher = agentFor()
      const source = Readable.from([content])
      const { response, report } = await upload(origin.url, source, { dispatcher })
      expect(response.status).to.equal(status)
      expect(report).to.include({ reason: 'unknown-length', outcome: 'refused', sentBytes: 0 })
      expect(source.readableDidRead).to.equal(false)
      const known = { length: content.length, open: () => Readable.from([content]) }
      const again = await upload(origin.url, known, { dispatcher })
      expect(again.response.status).to.equal(201)
      expect(origin.requests[1]).to.include({ sha256: sha256(content) })
    })
  }
})
