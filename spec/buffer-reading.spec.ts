import { expect } from 'chai'
import { firstSlice } from '../lib/connection/slice-size.ts'
import { bufferReading } from '../lib/content/buffer-reading.ts'
import { standingClock } from './support/clock.ts'
import { noise } from './support/contents.ts'
import { chunksIn } from './support/readings.ts'

const MiB = 1_048_576

/** The sizes of a buffer's slices, each of which took so many milliseconds to send. */
function sizesOf(bytes: number, milliseconds: number): number[] {
  const clock = standingClock()
  const reading = bufferReading(Buffer.alloc(bytes))
  const sizes: number[] = []
  for (;;) {
    const { done, value } = reading.next() as IteratorResult<Uint8Array>
    if (done) return sizes
    sizes.push(value.length)
    clock.tick(milliseconds)
  }
}

describe('bufferReading', () => {
  for (const size of [0, 1, firstSlice - 1, firstSlice, firstSlice + 1, 9 * firstSlice]) {
    it(`reads ${size} bytes`, async () => {
      const buffer = noise(size)
      const chunks = (await chunksIn(bufferReading(buffer))) as Buffer[]
      expect(Buffer.concat(chunks).equals(buffer)).to.equal(true)
    })
  }

  it('reads up to the first slice as it is', async () => {
    expect(sizesOf(firstSlice, 0)).to.deep.equal([firstSlice])
  })

  it('makes slices larger while they go quickly, up to 4 MiB', () => {
    expect(sizesOf(12 * MiB, 49)).to.deep.equal([MiB, 2 * MiB, 4 * MiB, 4 * MiB, MiB])
  })

  it('keeps their size while they go neither quickly nor slowly', () => {
    expect(sizesOf(3 * MiB, 500)).to.deep.equal([MiB, MiB, MiB])
  })

  it('makes slices smaller while they go slowly, down to 64 KiB', () => {
    const sizes = [1024, 512, 256, 128, 64, 64, 64].map((kibibytes) => kibibytes * 1024)
    expect(sizesOf(2112 * 1024, 501)).to.deep.equal(sizes)
  })

  it('has nothing to let go of', async () => {
    const reading = bufferReading(Buffer.from('abc'))
    reading.cancel()
    expect(await chunksIn(reading)).to.have.length(1)
  })
})
