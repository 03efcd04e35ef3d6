import { expect } from 'chai'
import { giveBuffer, takeBuffer } from '../../lib/content/buffer-pool.ts'

// A size that no other code uses.
const size = 1_000_003

describe('takeBuffer', () => {
  it('makes buffers of the given size', () => {
    expect(takeBuffer(size)).to.have.length(size)
    expect(takeBuffer(size).buffer.byteLength).to.equal(size)
  })

  it('returns a buffer that was given back, once, and only for its size', () => {
    const buffer = takeBuffer(size)
    giveBuffer(buffer)
    expect(takeBuffer(size + 1)).not.to.equal(buffer)
    expect(takeBuffer(size)).to.equal(buffer)
    expect(takeBuffer(size)).not.to.equal(buffer)
  })
})

describe('giveBuffer', () => {
  it('keeps 16 MiB at most', () => {
    const given = Array.from({ length: 20 }, () => Buffer.allocUnsafeSlow(size))
    for (const buffer of given) giveBuffer(buffer)
    const buffers = new Set(given.map(() => takeBuffer(size)))
    const kept = given.filter((buffer) => buffers.has(buffer))
    expect(kept.length * size).to.be.at.most(16_777_216)
    expect(kept).not.to.have.length(0)
  })
})
