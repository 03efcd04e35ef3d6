import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { Content, fileChunks } from '../../bench/content.ts'
import { Files } from '../../bench/files.ts'

const sizes = [1, 65_536, 100_000, 1_048_576, 1_048_577, 3_000_000]

async function sizeOf(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0
  for await (const { length } of chunks) size += length
  return size
}

describe('the Content of the benchmark', () => {
  for (const size of sizes) {
    it(`has ${size} bytes in each form`, async () => {
      const { bytes } = new Content('buffer', size)
      expect([bytes.length, bytes.buffer.byteLength]).to.eql([size, size])
      const chunked = new Content('generator', size)
      expect(await sizeOf(chunked.chunks())).to.equal(size)
      expect(await sizeOf(chunked.stream())).to.equal(size)
      expect(await sizeOf(chunked.webStream())).to.equal(size)
    })
  }

  it('has one byte per character as a string', () => {
    const text = new Content('string', 2_000_000).bytes.toString('latin1')
    expect(Buffer.byteLength(text)).to.equal(2_000_000)
  })

  it('makes chunks of 64 KiB', async () => {
    const lengths: number[] = []
    for await (const { length } of new Content('generator', 150_000).chunks()) {
      lengths.push(length)
    }
    expect(lengths).to.deep.equal([65_536, 65_536, 18_928])
  })
})

describe('fileChunks', () => {
  let files: Files
  before(() => {
    files = new Files()
  })
  after(() => files.remove())

  for (const size of sizes) {
    it(`reads a file of ${size} bytes, also with reused buffers`, async () => {
      const path = files.path(size)
      const expected = await readFile(path)
      for (let time = 0; time < 2; time++) {
        const chunks: Buffer[] = []
        for await (const chunk of fileChunks(path, size)) chunks.push(Buffer.from(chunk))
        expect(Buffer.concat(chunks).equals(expected)).to.equal(true)
      }
    })
  }
})
