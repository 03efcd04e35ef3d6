import { expect } from 'chai'
import { BufferRing } from '../lib/content/buffer-ring.ts'

describe('BufferRing', () => {
  it('makes buffers of its size', () => {
    expect(new BufferRing(7).take(7, 0)).to.have.length(7)
  })

  it('lends no buffer again before all that was in it is taken', () => {
    const ring = new BufferRing(10)
    const first = ring.take(10, 0)
    expect(ring.take(20, 9)).not.to.equal(first)
    expect(ring.take(30, 10)).to.equal(first)
  })

  it('lends them again in their order', () => {
    const ring = new BufferRing(10)
    const lent = [ring.take(10, 0), ring.take(20, 0), ring.take(30, 0)]
    expect([ring.take(40, 30), ring.take(50, 30), ring.take(60, 30)]).to.have.ordered.members(lent)
    expect(lent).not.to.include(ring.take(70, 39))
  })

  it('keeps no more than three, where nothing is ever taken', () => {
    const ring = new BufferRing(10)
    const [first] = [10, 20, 30, 40].map((end) => ring.take(end, 0))
    expect([50, 60, 70, 80].map((end) => ring.take(end, 80))).not.to.include(first)
  })
})
