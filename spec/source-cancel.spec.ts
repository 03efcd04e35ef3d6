import { PassThrough, Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { expect } from 'chai'
import type { ContentInput } from '../lib/content/content.ts'
import { stateOf } from './support/readings.ts'
import { Counted, nextOf, restOf, sourceOf, turn, viewOf } from './support/sources.ts'

/** Content of two chunks, and how often it was let go. */
interface Kept {
  readonly input: ContentInput
  left(): number
}

const kinds: readonly (readonly [string, () => Kept])[] = [
  [
    'an iterator',
    () => {
      const input = new Counted('ab', 'c')
      return { input, left: () => input.left }
    },
  ],
  [
    'a generator',
    () => {
      let left = 0
      const input = (function* (): Generator<string> {
        try {
          yield 'ab'
          yield 'c'
        } finally {
          left++
        }
      })()
      return { input, left: () => left }
    },
  ],
  [
    'a Node stream',
    () => {
      let left = 0
      const chunks = ['ab', 'c', null]
      const input = new Readable({
        read() {
          this.push(chunks.shift() ?? null)
        },
        destroy: (error, callback) => {
          left++
          callback(error)
        },
      })
      return { input, left: () => left }
    },
  ],
  [
    'a web stream',
    () => {
      let left = 0
      const chunks = ['ab', 'c']
      const input = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            const chunk = chunks.shift()
            if (chunk === undefined) controller.close()
            else controller.enqueue(Buffer.from(chunk))
          },
          cancel: () => void left++,
        },
        { highWaterMark: 0 },
      )
      return { input, left: () => left }
    },
  ],
]

describe('Source.cancel', () => {
  for (const [kind, make] of kinds) {
    for (const [moment, steps] of [
      ['that nobody viewed', -1],
      ['that nobody read', 0],
      ['that was read in part', 1],
    ] as const) {
      it(`lets go of ${kind} ${moment}, once`, async () => {
        const { input, left } = make()
        const source = sourceOf(input)
        const view = steps < 0 ? null : viewOf(source)
        if (steps > 0 && view !== null) await nextOf(view)
        source.cancel()
        source.cancel()
        await turn()
        // A generator that has not begun runs no code when it is left.
        expect(left()).to.equal(kind === 'a generator' && steps < 1 ? 0 : 1)
      })
    }

    it(`lets go of ${kind} from a factory that nobody viewed`, async () => {
      const { input, left } = make()
      sourceOf(() => input as Counted).cancel()
      await turn()
      expect(left()).to.equal(kind === 'a generator' ? 0 : 1)
    })

    it(`leaves ${kind} alone that was read to its end`, async () => {
      const { input, left } = make()
      const source = sourceOf(input)
      await restOf(viewOf(source))
      await turn()
      const before = left()
      source.cancel()
      await turn()
      expect(left()).to.equal(before)
    })
  }

  it('leaves a view without an answer for ever', async () => {
    const source = sourceOf(new Counted('ab', 'c'))
    const view = viewOf(source, { held: true })
    await nextOf(view)
    const unanswered = nextOf(view)
    source.cancel()
    source.flow()
    expect(await stateOf(unanswered)).to.equal('pending')
    expect(await stateOf(nextOf(view))).to.equal('pending')
  })

  it('leaves a view without an answer that waits for a chunk', async () => {
    const stream = new PassThrough()
    const source = sourceOf(stream)
    const unanswered = nextOf(viewOf(source))
    source.cancel()
    expect(await stateOf(unanswered)).to.equal('pending')
    expect(stream.destroyed).to.equal(true)
  })

  for (const [name, make, steps] of [
    ['at hand', () => 'abc', 0],
    ['at hand and begun', () => 'abc', 1],
    ['from a factory', () => () => new Counted('abc'), 0],
    ['from a factory and begun', () => () => new Counted('abc'), 1],
    ['that can be read once', () => new Counted('ab', 'c'), 1],
  ] as [string, () => ContentInput, number][]) {
    it(`never makes an empty view of content ${name}`, async () => {
      const source = sourceOf(make())
      const view = viewOf(source, { held: true })
      if (steps > 0) await nextOf(view)
      source.cancel()
      const read = await Promise.resolve()
        .then(() => restOf(viewOf(source)))
        .catch((error: { code: string }) => error.code)
      expect(['abc', 'ERR_EXPECT_CONTENT_GONE']).to.include(read)
    })
  }

  it('does not fail when the content cannot be opened', () => {
    let calls = 0
    const source = sourceOf(() => {
      if (calls++ === 0) return new Counted('abc')
      throw new RangeError('no more')
    })
    viewOf(source)
    source.flow()
    expect(() => viewOf(source)).to.throw(RangeError)
    expect(() => source.cancel()).not.to.throw()
  })

  it('does not fail when the content does not want to be let go', async () => {
    const refuse = (): never => {
      throw new RangeError('no')
    }
    const next = (): IteratorResult<string> => ({ done: false, value: 'a' })
    const source = sourceOf({ [Symbol.iterator]: () => ({ next, return: refuse }) })
    await nextOf(viewOf(source))
    expect(() => source.cancel()).not.to.throw()
  })
})

describe('a source that breaks', () => {
  const error = new RangeError('broken')

  it('tells the view that reads, and nobody else', async () => {
    const failures: unknown[] = []
    const stream = new PassThrough()
    const source = sourceOf(stream)
    const read = nextOf(viewOf(source, { onFailed: (reason) => failures.push(reason) }))
    stream.destroy(error)
    expect(await read.catch((reason) => reason)).to.equal(error)
    expect(source.failure).to.equal(error)
    expect(failures).to.deep.equal([])
  })

  for (const [moment, steps] of [
    ['before it is read', 0],
    ['while content is held back', 1],
  ] as const) {
    it(`tells of it ${moment}`, async () => {
      const failures: unknown[] = []
      const stream = new PassThrough()
      stream.write('ab')
      const source = sourceOf(stream)
      const view = viewOf(source, { held: true, onFailed: (reason) => failures.push(reason) })
      for (let step = 0; step < steps; step++) await nextOf(view)
      stream.destroy(error)
      await turn()
      expect(failures).to.deep.equal([error])
      expect(source.failure).to.equal(error)
    })
  }

  it('tells the owner of the view that is current', async () => {
    const told: string[] = []
    const stream = new PassThrough()
    const source = sourceOf(stream)
    viewOf(source, { onFailed: () => told.push('first') })
    viewOf(source, { onFailed: () => told.push('second') })
    stream.destroy(error)
    await turn()
    expect(told).to.deep.equal(['second'])
  })

  it('tells nobody after its end', async () => {
    const failures: unknown[] = []
    const stream = Readable.from(['ab'], { autoDestroy: false })
    const source = sourceOf(stream)
    await restOf(viewOf(source, { onFailed: (reason) => failures.push(reason) }))
    stream.destroy(error)
    await turn()
    expect(failures).to.deep.equal([])
    expect(source.failure).to.equal(null)
  })

  it('tells nobody after it was cancelled', async () => {
    const failures: unknown[] = []
    const destroy = (_: unknown, callback: (reason: Error) => void): void => callback(error)
    const source = sourceOf(new Readable({ read() {}, destroy }))
    viewOf(source, { onFailed: (reason) => failures.push(reason) })
    source.cancel()
    await turn()
    expect(failures).to.deep.equal([])
  })

  it('tells nobody when it was given up for one that was opened after it', async () => {
    const failures: unknown[] = []
    const onFailed = (reason: unknown): void => void failures.push(reason)
    const destroy = (_: unknown, callback: (reason: Error) => void): void => callback(error)
    const source = sourceOf(() => new Readable({ read() {}, destroy }))
    viewOf(source, { onFailed })
    source.flow()
    viewOf(source, { onFailed })
    await turn()
    expect(failures).to.deep.equal([])
    expect(source.failure).to.equal(null)
  })
})
