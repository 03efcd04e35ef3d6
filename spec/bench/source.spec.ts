import { expect } from 'chai'
import { Files } from '../../bench/files.ts'
import type { ContentKind } from '../../bench/job.ts'
import { Source } from '../../bench/source.ts'

const sizes = [1, 65_536, 100_000, 1_048_576, 1_048_577, 3_000_000]

describe("the bench's Source", () => {
  let files: Files
  before(() => {
    files = new Files()
  })
  after(() => files.remove())

  for (const kind of ['buffer', 'generator', 'file'] as const satisfies ContentKind[]) {
    for (const size of sizes) {
      it(`yields ${size} bytes from a ${kind}`, async () => {
        const path = files.path(size)
        const body = new Source({ kind, size, path }).streamOrBytes()
        const chunks = Buffer.isBuffer(body) ? [body] : await body.toArray()
        expect(chunks.reduce((sum, { length }) => sum + length, 0)).to.equal(size)
      })
    }
  }

  it('makes chunks of 64 KiB', async () => {
    const lengths: number[] = []
    for await (const { length } of new Source({ kind: 'generator', size: 150_000 }).chunks()) {
      lengths.push(length)
    }
    expect(lengths).to.deep.equal([65_536, 65_536, 18_928])
  })
})
