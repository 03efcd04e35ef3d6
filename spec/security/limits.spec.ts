import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { request } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import { faces } from '../support/all-faces.ts'
import { agentFor } from '../support/faces.ts'
import { guarded } from '../support/guarded.ts'
import { origin } from '../support/origin.ts'

// The limits are 16 KiB for each one, and 1 MiB in total before the content is sent, and again after it.
const [one, all] = [20_000, 2_600_000]

const floods: readonly (readonly [string, string, number])[] = [
  ['100 responses', 'HTTP/1.1 100 Continue\r\n\r\n', all],
  ['103 responses', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n', all],
  ['line ends', '\r\n', one],
  ['one endless 100', `HTTP/1.1 100 Continue\r\n${'x: y\r\n'.repeat(5000)}`, one],
  ['one endless 103', `HTTP/1.1 103 Early Hints\r\n${'x: y\r\n'.repeat(5000)}`, one],
]

for (const { name, wraps, open } of faces) {
  describe(`${name}, with a flood of bytes`, () => {
    for (const [what, text, bytes] of floods) {
      it(`fails for too much of ${what}`, async () => {
        const peer = await origin(async (wire) => {
          await wire.head()
          wire.raw(text.repeat(Math.ceil(bytes / text.length)))
          await wire.closed()
        })
        const failure = await open()(peer.url, 'content', { expect: 'always' }).catch((e) => e)
        const cause = wraps ? failure.cause : failure
        expect(cause).to.have.property('code', 'ERR_EXPECT_INTERIM_OVERFLOW')
        await peer.done
      })
    }

    it('fails for a final head without an end', async () => {
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.raw(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`)
        await wire.closed()
      })
      const failure = await open()(peer.url, 'content', { expect: 'always' }).catch((e) => e)
      const cause = wraps ? failure.cause : failure
      expect(cause).to.have.property('code', 'UND_ERR_HEADERS_OVERFLOW')
      await peer.done
    })
  })
}

describe('compressed content', () => {
  const plain = 'yes '.repeat(10_000)
  const headers = { 'content-encoding': 'gzip' }

  it('is decompressed only as far as it is read, as in fetch', async () => {
    const compressed = gzipSync(Buffer.alloc(10_000_000))
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 200 OK', 'content-encoding: gzip', `content-length: ${compressed.length}`)
      wire.raw(compressed.subarray(0, 5000))
      // The response stays incomplete: reading does not wait for the rest.
      await wire.closed()
    })
    const { response } = await upload(peer.url, 'content', { dispatcher: agentFor() })
    const reader = response.body?.getReader()
    const first = await reader?.read()
    expect(first?.done).to.equal(false)
    await reader?.cancel()
    await peer.done
  })

  it('is not decompressed by a dispatcher', async () => {
    const compressed = gzipSync(plain)
    const { url } = await guarded({ status: 200, headers, body: compressed })
    const dispatcher = agentFor({ expect: 'always' })
    const { body } = await request(url, { method: 'PUT', body: 'content', dispatcher })
    expect(Buffer.from(await body.arrayBuffer()).equals(compressed)).to.equal(true)
  })
})
