import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import { joined } from './support/cuts.ts'
import { stateOf } from './support/readings.ts'
import { Counted, nextOf, restOf, sourceOf, turn, viewOf } from './support/sources.ts'

/** Content whose chunks come when the spec says so. */
function delivered(): { content: AsyncIterable<string>; deliver(chunk: string | null): void } {
  const waiting: ((step: IteratorResult<string>) => void)[] = []
  const next = (): Promise<IteratorResult<string>> => new Promise((done) => waiting.push(done))
  return {
    content: { [Symbol.asyncIterator]: () => ({ next }) },
    deliver: (value) =>
      waiting.shift()?.(value === null ? { done: true, value } : { done: false, value }),
  }
}

describe('Source', () => {
  it('hands all content to a view that is not held', async () => {
    expect(await restOf(viewOf(sourceOf(new Counted('ab', 'c', 'def'))))).to.equal('abcdef')
  })

  it('hands no more than the first chunk to a view that is held, and reads no more', async () => {
    const content = new Counted('ab', 'c')
    const source = sourceOf(content)
    const view = viewOf(source, { held: true })
    expect(await nextOf(view)).to.equal('ab')
    const second = nextOf(view)
    expect(await stateOf(second)).to.equal('pending')
    expect(content.asked).to.equal(1)

    source.flow()
    expect(await second).to.equal('c')
    expect(await nextOf(view)).to.equal(null)
  })

  it('reads nothing before it is asked', async () => {
    const content = new Counted('ab')
    viewOf(sourceOf(content), { held: true })
    await turn()
    expect(content.asked).to.equal(0)
  })

  it('reads nothing when the view is not to begin', async () => {
    const content = new Counted('ab')
    const refuse = (): never => {
      throw new RangeError('no gate')
    }
    const error = await nextOf(viewOf(sourceOf(content), { onFirst: refuse })).catch((e) => e)
    expect(error).to.be.instanceOf(RangeError)
    expect(content.asked).to.equal(0)
  })

  it('tells of the end only when all bytes were accepted', async () => {
    let accept = (): void => {}
    let asked = 0
    const accepted = (bytes: number): Promise<void> => {
      asked = bytes
      return new Promise((resolve) => {
        accept = resolve
      })
    }
    const view = viewOf(sourceOf(new Counted('ab', '\u20ac')), { accepted })
    await nextOf(view)
    await nextOf(view)
    const end = nextOf(view)
    expect(await stateOf(end)).to.equal('pending')
    expect(asked).to.equal(5)
    accept()
    expect(await end).to.equal(null)
  })

  it('keeps content for the next attempt when a view is left', async () => {
    const content = new Counted('ab', 'c')
    const source = sourceOf(content)
    for await (const chunk of viewOf(source, { held: true })) {
      expect(joined([chunk])).to.equal('ab')
      break
    }
    expect(content.left).to.equal(0)
    const view = viewOf(source)
    expect(await view.return()).to.deep.equal({ done: true, value: undefined })
    expect(await restOf(view)).to.equal('abc')
  })

  it('says how much content was declared', () => {
    expect(sourceOf('abc', { length: 3 }).length).to.equal(3)
    expect(sourceOf('abc').length).to.equal(null)
  })

  it('holds content to its declared length', async () => {
    const error = await restOf(viewOf(sourceOf(new Counted('ab'), { length: 3 }))).catch((e) => e)
    expect(error).to.include({ code: 'ERR_EXPECT_CONTENT_SHORT' })
  })
})

describe('a view that takes the place of another', () => {
  it('is handed the first chunk again, which is not read twice', async () => {
    const content = new Counted('ab', 'c')
    const source = sourceOf(content)
    await nextOf(viewOf(source, { held: true }))
    const view = viewOf(source)
    expect(await nextOf(view)).to.equal('ab')
    expect(content.asked).to.equal(1)
    expect(await restOf(view)).to.equal('c')
  })

  it('is handed the chunk that the other was waiting for', async () => {
    const { content, deliver } = delivered()
    const source = sourceOf(content)
    const before = nextOf(viewOf(source, { held: true }))
    const view = viewOf(source)
    const first = nextOf(view)
    deliver('ab')
    expect(await first).to.equal('ab')
    expect(await stateOf(before)).to.equal('pending')
    const rest = restOf(view)
    await turn()
    deliver(null)
    expect(await rest).to.equal('')
  })

  it('is handed the chunk that came for the other before it asked', async () => {
    const { content, deliver } = delivered()
    const source = sourceOf(content)
    const before = nextOf(viewOf(source, { held: true }))
    const view = viewOf(source)
    deliver('ab')
    expect(await stateOf(before)).to.equal('pending')
    expect(await nextOf(view)).to.equal('ab')
  })

  it('is told what the other would have failed with', async () => {
    const stream = new PassThrough()
    const source = sourceOf(stream)
    const before = nextOf(viewOf(source, { held: true }))
    const view = viewOf(source)
    stream.destroy(new RangeError('broken'))
    expect(await stateOf(before)).to.equal('pending')
    expect(await nextOf(view).catch((e) => e)).to.be.instanceOf(RangeError)
  })

  for (const [moment, steps] of [
    ['before its first chunk', 0],
    ['while it is held', 1],
  ] as const) {
    it(`leaves the other without an answer for ever, ${moment}`, async () => {
      const source = sourceOf(new Counted('ab', 'c'))
      const before = viewOf(source, { held: true })
      for (let step = 0; step < steps; step++) await nextOf(before)
      const unanswered = steps === 0 ? null : nextOf(before)
      const view = viewOf(source)
      const late = nextOf(before)
      expect(await nextOf(view)).to.equal('ab')
      source.flow()
      before.release()
      expect(await restOf(view)).to.equal('c')
      expect(await stateOf(late)).to.equal('pending')
      if (unanswered !== null) expect(await stateOf(unanswered)).to.equal('pending')
    })
  }

  it('leaves the other without what was kept', async () => {
    const source = sourceOf(new Counted('ab', 'c'))
    await nextOf(viewOf(source, { held: true }))
    const before = viewOf(source, { held: true })
    const view = viewOf(source)
    expect(await stateOf(nextOf(before))).to.equal('pending')
    expect(await restOf(view)).to.equal('abc')
  })

  it('is handed content that can be opened again from its beginning', async () => {
    let opened = 0
    const source = sourceOf(() => {
      opened++
      return new Counted('ab', 'c')
    })
    const before = viewOf(source)
    await nextOf(before)
    await nextOf(before)
    expect(await restOf(viewOf(source))).to.equal('abc')
    expect(opened).to.equal(2)
  })

  it('does not open content again that did not flow', async () => {
    let opened = 0
    const source = sourceOf(() => {
      opened++
      return new Counted('ab', 'c')
    })
    await nextOf(viewOf(source, { held: true }))
    expect(await restOf(viewOf(source))).to.equal('abc')
    expect(opened).to.equal(1)
  })

  it('lets go, once, of what was opened for the other', async () => {
    const made: Counted[] = []
    const source = sourceOf(() => {
      made.push(new Counted('ab', 'c'))
      return made.at(-1) as Counted
    })
    await nextOf(viewOf(source))
    await restOf(viewOf(source))
    source.cancel()
    expect(made.map(({ left }) => left)).to.deep.equal([1, 0])
  })
})
