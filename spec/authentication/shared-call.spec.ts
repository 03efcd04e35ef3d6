import { expect } from 'chai'
import { type Found, SharedCall } from '../../lib/recovery/authentication/shared-call.ts'

/** A call that ends when it is told to. */
function pending(): {
  call: () => Promise<Found>
  end: (found: Found) => void
  made: () => number
} {
  let count = 0
  let end: (found: Found) => void = () => {}
  const ending = new Promise<Found>((resolve) => {
    end = resolve
  })
  const call = (): Promise<Found> => {
    count += 1
    return ending
  }
  return { call, end, made: () => count }
}

describe('SharedCall', () => {
  it('makes one call for all who wait', async () => {
    const shared = new SharedCall()
    const { call, end, made } = pending()
    const waiting = Array.from({ length: 20 }, () => shared.find(call))
    end(['a', 'b'])
    const found = await Promise.all(waiting)
    expect(found).to.deep.equal(waiting.map(() => ['a', 'b']))
    expect(made()).to.equal(1)
  })

  it('makes another call after one has ended', async () => {
    const shared = new SharedCall()
    expect(await shared.find(async () => ['a', '1'])).to.deep.equal(['a', '1'])
    expect(await shared.find(async () => ['a', '2'])).to.deep.equal(['a', '2'])
    expect(shared.ended).to.equal(2)
  })

  it('has what was found for those who began before it was', async () => {
    const shared = new SharedCall()
    await shared.find(async () => ['a', '1'])
    expect(shared.foundAfter(0)).to.deep.equal(['a', '1'])
    expect(shared.foundAfter(1)).to.equal(null)
  })

  it('has nothing ready while a call is under way', async () => {
    const shared = new SharedCall()
    await shared.find(async () => ['a', '1'])
    const { call, end } = pending()
    const waiting = shared.find(call)
    expect(shared.foundAfter(0)).to.equal(null)
    end(['a', '2'])
    await waiting
    expect(shared.foundAfter(0)).to.deep.equal(['a', '2'])
  })

  const failures: Record<string, () => Promise<Found>> = {
    'found nothing': async () => null,
    'was rejected': () => Promise.reject(new Error('no token')),
    'threw at once': () => {
      throw new Error('no token')
    },
  }
  for (const [name, call] of Object.entries(failures)) {
    it(`calls again after a call that ${name}`, async () => {
      const shared = new SharedCall()
      await shared.find(async () => ['a', '1'])
      const results = await Promise.allSettled([shared.find(call), shared.find(call)])
      expect(results[1]).to.deep.equal(results[0])
      expect(results[0].status).to.equal(name === 'found nothing' ? 'fulfilled' : 'rejected')
      expect(shared.foundAfter(0)).to.equal(null)
      expect(await shared.find(async () => ['a', '2'])).to.deep.equal(['a', '2'])
    })
  }
})
