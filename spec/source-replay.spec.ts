import { expect } from 'chai'
import fc from 'fast-check'
import type { Source } from '../lib/content/source.ts'
import { stateOf } from './support/readings.ts'
import { Counted, nextOf, restOf, sourceOf, viewOf } from './support/sources.ts'

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

describe('the replay window', () => {
  const windows: readonly (readonly [number, string[], number, boolean])[] = [
    [0, ['ab'], 0, true],
    [0, ['ab'], 1, false],
    [1, ['ab'], 1, false],
    [2, ['ab', 'c'], 1, true],
    [2, ['ab', 'c'], 2, false],
    [3, ['ab', 'c'], 2, true],
    [3, ['ab', 'c'], 3, true],
  ]
  for (const [replayWindow, chunks, steps, replayable] of windows) {
    const what = `${steps} of ${chunks.length} chunks`
    it(`of ${replayWindow} ${replayable ? 'keeps' : 'does not keep'} ${what}`, async () => {
      const source = sourceOf(new Counted(...chunks), { replayWindow })
      const before = viewOf(source, { held: true })
      for (let step = 0; step < steps; step++) {
        await nextOf(before)
        if (step === 0) source.flow()
      }
      expect(source.replayable).to.equal(replayable)
      const code = codeOf(() => viewOf(source))
      expect(code).to.equal(replayable ? 'none' : 'ERR_EXPECT_CONTENT_GONE')
      if (replayable) expect(await restOf(viewOf(source))).to.equal(chunks.join(''))
    })
  }

  it('never makes a replay other than whole', async () => {
    const chunks = fc.array(fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme-ascii' }))
    const steps = fc.array(fc.constantFrom('next', 'ask', 'flow', 'hold', 'go'))
    const windows = fc.nat({ max: 12 })
    await fc.assert(
      fc.asyncProperty(chunks, steps, windows, fc.boolean(), async (all, moves, window, again) => {
        const input = again ? () => new Counted(...all) : new Counted(...all)
        const source: Source = sourceOf(input, { replayWindow: window })
        let view = viewOf(source, { held: true })
        let asked: Promise<unknown> = Promise.resolve()
        for (const move of moves) {
          // A gate lets content go only when its first chunk has been read.
          if (move === 'flow' && view.position > 0) source.flow()
          const read = move === 'next' || move === 'ask'
          if (read && (await stateOf(asked)) !== 'pending') asked = view.next()
          if (move === 'next') await stateOf(asked)
          if ((move !== 'hold' && move !== 'go') || !source.replayable) continue
          view = viewOf(source, { held: move === 'hold' })
          asked = Promise.resolve()
        }
        if (again) expect(source.replayable).to.equal(true)
        if (source.replayable) expect(await restOf(viewOf(source))).to.equal(all.join(''))
        else expect(codeOf(() => viewOf(source))).to.equal('ERR_EXPECT_CONTENT_GONE')
      }),
    )
  })
})

describe('content that can be opened again', () => {
  /** A factory of content of two chunks, and all that it made. */
  function factory(): { make(): Counted; made: Counted[] } {
    const made: Counted[] = []
    const make = (): Counted => {
      made.push(new Counted('ab', 'c'))
      return made.at(-1) as Counted
    }
    return { make, made }
  }

  it('is opened again for each view after it flowed', async () => {
    const { make, made } = factory()
    const source = sourceOf(make)
    for (let view = 0; view < 3; view++) expect(await restOf(viewOf(source))).to.equal('abc')
    expect(made).to.have.length(3)
  })

  it('is kept like any other as long as it did not flow since', async () => {
    const { make, made } = factory()
    const source = sourceOf(make)
    await restOf(viewOf(source))
    await nextOf(viewOf(source, { held: true }))
    expect(await restOf(viewOf(source))).to.equal('abc')
    expect(made).to.have.length(2)
  })

  for (const [before, play] of [
    ['was read to its end', (source: Source) => restOf(viewOf(source))],
    ['was let go', async (source: Source) => source.cancel()],
  ] as const) {
    it(`is let go when it was opened again after it ${before}`, async () => {
      const { make, made } = factory()
      const source = sourceOf(make)
      await play(source)
      await nextOf(viewOf(source))
      source.cancel()
      expect(made.map(({ left }) => left)).to.deep.equal([before === 'was let go' ? 1 : 0, 1])
    })
  }

  it('is kept for the view after the one for which it was opened again', async () => {
    const { make, made } = factory()
    const source = sourceOf(make)
    source.cancel()
    await nextOf(viewOf(source, { held: true }))
    expect(await restOf(viewOf(source))).to.equal('abc')
    expect(made).to.have.length(2)
  })
})
