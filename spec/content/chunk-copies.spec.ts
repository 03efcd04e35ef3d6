import { expect } from 'chai'
import { ChunkCopies } from '../../lib/content/chunk-copies.ts'
import { noise, sha256 } from '../support/contents.ts'
import { uploadContentOf } from '../support/sources.ts'

const KiB = 1024
/** Copies from here on are in buffers that are reused. */
const from = 256 * KiB

describe('ChunkCopies', () => {
  it('keeps the bytes of a chunk whose memory is reused', () => {
    const copies = new ChunkCopies()
    const chunk = Buffer.alloc(100 * KiB)
    const copied = [1, 2, 3, 4, 5, 6].map((byte, at) =>
      copies.copy(chunk.fill(byte), from + (at + 1) * chunk.length),
    )
    expect(copied.map((each) => [each[0], each.at(-1), each.length])).to.deep.equal(
      [1, 2, 3, 4, 5, 6].map((byte) => [byte, byte, chunk.length]),
    )
  })

  it('puts several small chunks into one buffer, and large ones into their own', () => {
    const copies = new ChunkCopies()
    const sizes = [100, 100, 60, 300, 200].map((size) => size * KiB)
    let end = from
    const buffers = sizes.map((size) => {
      end += size
      return copies.copy(Buffer.alloc(size), end).buffer
    })
    expect(new Set(buffers).size).to.equal(3)
    expect(buffers[0]).to.equal(buffers[1])
    expect(buffers.map(({ byteLength }) => byteLength / KiB)).to.deep.equal([
      ...[256, 256, 256, 512, 512],
    ])
  })

  it('reuses a buffer only after all its bytes were released', () => {
    const copies = new ChunkCopies()
    const chunk = Buffer.alloc(256 * KiB)
    const copy = (at: number): Uint8Array => copies.copy(chunk, from + at * chunk.length)
    const first = copy(1)
    copy(2)
    copies.free(from + chunk.length - 1, false)
    expect(copy(3).buffer).to.not.equal(first.buffer)
    copies.free(from + chunk.length, false)
    expect(copy(4).buffer).to.equal(first.buffer)
  })

  it('releases the last buffer only at the end', () => {
    const size = 256 * KiB
    const [copies, others] = [new ChunkCopies(), new ChunkCopies()]
    const { buffer } = copies.copy(Buffer.alloc(size), from + size)
    copies.free(from + size, false)
    expect(others.copy(Buffer.alloc(size), from + size).buffer).to.not.equal(buffer)
    copies.free(from + size, true)
    expect(others.copy(Buffer.alloc(size), from + 2 * size).buffer).to.equal(buffer)
  })
})

describe('one-shot content that reuses the memory of its chunks', () => {
  for (const slides of [false, true]) {
    it(`is complete for each attempt from where it is kept, window ${slides ? 'sliding' : 'fixed'}`, async () => {
      const bytes = noise(3_000_000)
      function* refilling(): Generator<Buffer> {
        const buffer = Buffer.alloc(50_000)
        for (let at = 0; at < bytes.length; at += buffer.length) {
          yield buffer.subarray(0, bytes.copy(buffer, 0, at))
        }
      }
      const options = { replayWindow: 1_000_000, slides, canReuseBuffers: true }
      const content = uploadContentOf(refilling(), options)
      const stored: Uint8Array[] = []
      let [start, offset] = [0, 0]
      let source = await content.open()
      for (let step = 0; ; step++) {
        const found = source.read()
        if (found === null) break
        const chunk = found as Uint8Array
        // The server has the bytes as they are now.
        stored.push(Buffer.from(chunk))
        offset += chunk.length
        // The connection has accepted the bytes, which does not mean that they have arrived.
        source.free(offset - start)
        if (slides && step % 25 === 24) {
          // The connection breaks, and the server has all but the last bytes.
          start = offset - 900_000
          stored.splice(-18)
          offset = start
          content.acknowledge(start)
          source = await content.open({ start, end: null })
        }
      }
      expect(sha256(Buffer.concat(stored))).to.equal(sha256(bytes))
    })
  }
})
