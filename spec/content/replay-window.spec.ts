import { expect } from 'chai'
import fc from 'fast-check'
import type { Source } from '../../lib/connection/source.ts'
import type { Step } from '../../lib/content/readers.ts'
import type { UploadContent } from '../../lib/content/upload-content.ts'
import { joined } from '../support/cuts.ts'
import { codeOf, failureOf, stateOf } from '../support/readers.ts'
import { Counted, nextOf, readAll, restOf, uploadContentOf } from '../support/sources.ts'

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
      const content = uploadContentOf(new Counted(...chunks), { replayWindow })
      const before = await content.open()
      for (let step = 0; step < steps; step++) await nextOf(before)
      expect(content.opensAt(0)).to.equal(replayable)
      if (replayable) expect(await restOf(await content.open())).to.equal(chunks.join(''))
      else expect(codeOf(() => content.open())).to.equal('ERR_EXPECT_CONTENT_GONE')
    })
  }

  it('never makes an incomplete replay', async () => {
    const chunks = fc.array(fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme-ascii' }))
    const steps = fc.array(fc.constantFrom('next', 'ask', 'open'))
    const windows = fc.nat({ max: 12 })
    const declared = fc.boolean()
    await fc.assert(
      fc.asyncProperty(
        chunks,
        steps,
        windows,
        declared,
        fc.boolean(),
        async (all, moves, replayWindow, declares, again) => {
          const input = again ? () => new Counted(...all) : new Counted(...all)
          const length = declares ? all.join('').length : null
          const content = uploadContentOf(input, { replayWindow, length })
          let source = await content.open()
          let asked: PromiseLike<unknown> = Promise.resolve()
          for (const move of moves) {
            if (move === 'open') {
              if (!content.opensAt(0)) continue
              source = await content.open()
              asked = Promise.resolve()
            } else if ((await stateOf(asked)) !== 'pending') {
              const reads = source
              // An attempt that was given up finishes its step, and reads nothing more.
              asked = nextOnce(reads)
              if (move === 'next') await stateOf(asked)
            }
          }
          if (again) expect(content.opensAt(0)).to.equal(true)
          if (content.opensAt(0)) expect(await restOf(await content.open())).to.equal(all.join(''))
          else expect(codeOf(() => content.open())).to.equal('ERR_EXPECT_CONTENT_GONE')
        },
      ),
    )
  })
})

/** Reads once and ignores errors. */
async function nextOnce(source: Source): Promise<void> {
  const found = source.read()
  if (typeof found === 'object' && found !== null && 'then' in found) source.take(await found)
}

describe('an attempt that replaces another one', () => {
  /** One-shot content whose next step the spec decides. */
  function pending(): {
    content: UploadContent
    resolve(step: Step): void
    reject(error: unknown): void
    asked(): number
  } {
    let resolve: (step: Step) => void = () => {}
    let reject: (error: unknown) => void = () => {}
    let asked = 0
    const next = (): Promise<Step> => {
      asked++
      return new Promise((done, failed) => {
        resolve = done
        reject = failed
      })
    }
    const input = { [Symbol.asyncIterator]: () => ({ next }) } as AsyncIterable<string>
    const content = uploadContentOf(input, { replayWindow: 100 })
    return {
      content,
      resolve: (step) => resolve(step),
      reject: (error) => reject(error),
      asked: () => asked,
    }
  }

  for (const [moment, early] of [
    ['that the other one waits for', false],
    ['that arrived for the other one before it was taken', true],
  ] as const) {
    it(`gets the chunk ${moment}`, async () => {
      const { content, resolve, asked } = pending()
      const first = await content.open()
      const step = first.read() as PromiseLike<unknown>
      if (early) resolve({ done: false, value: 'ab' })
      const second = await content.open()
      const same = second.read()
      expect(same).to.equal(step)
      expect(asked()).to.equal(1)
      resolve({ done: false, value: 'ab' })
      expect(first.take(await step)).to.equal(undefined)
      expect(joined([second.take(await step) ?? ''])).to.equal('ab')
    })
  }

  it('gets the error of the read of the other one', async () => {
    const { content, reject } = pending()
    const error = new RangeError('broken')
    const first = await content.open()
    const step = first.read() as PromiseLike<unknown>
    const second = await content.open()
    reject(error)
    expect(await failureOf(step)).to.equal(error)
    first.fail(error)
    expect(content.failure).to.equal(null)
    expect(await failureOf(nextOf(second))).to.equal(error)
    expect(content.failure).to.equal(error)
  })

  it('gets the kept chunks, which are not read twice', async () => {
    const input = new Counted('ab', 'c')
    const content = uploadContentOf(input, { replayWindow: 100 })
    await nextOf(await content.open())
    expect(await restOf(await content.open())).to.equal('abc')
    expect(input.nextCalls).to.equal(3)
  })

  it('also holds the last chunk back', async () => {
    const content = uploadContentOf(new Counted('ab', 'c', 'd'), { length: 3, replayWindow: 100 })
    const first = await content.open()
    await nextOf(first)
    await nextOnce(first)
    const { chunks, error } = await readAll(await content.open())
    expect(chunks).to.deep.equal(['ab'])
    expect(error).to.include({ code: 'ERR_EXPECT_CONTENT_LONG' })
  })

  it('calls a function again, and cancels its earlier content', async () => {
    const made: Counted[] = []
    const content = uploadContentOf(() => {
      made.push(new Counted('ab', 'c'))
      return made.at(-1) as Counted
    })
    await nextOf(await content.open())
    expect(await restOf(await content.open())).to.equal('abc')
    expect(await restOf(await content.open())).to.equal('abc')
    content.cancel()
    expect(made.map(({ returnCalls: left }) => left)).to.deep.equal([1, 0, 0])
  })
})
