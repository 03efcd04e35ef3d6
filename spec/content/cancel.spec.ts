import { PassThrough, Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { expect } from 'chai'
import type { ContentInput } from '../../lib/content/content.ts'
import { codeOf, failureOf, LoggedReader, readWith } from '../support/readers.ts'
import { Counted, nextOf, restOf, uploadContentOf } from '../support/sources.ts'
import { turns } from '../support/turns.ts'

/** Content of two chunks, and how often it was cancelled. */
interface CancelCase {
  readonly input: ContentInput
  left(): number
}

const kinds: readonly (readonly [string, () => CancelCase])[] = [
  [
    'an iterator',
    () => {
      const input = new Counted('ab', 'c')
      return { input, left: () => input.returnCalls }
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

describe('UploadContent.cancel', () => {
  for (const [kind, make] of kinds) {
    for (const [moment, steps] of [
      ['that was not opened', -1],
      ['that was opened', 0],
      ['that was read in part', 1],
    ] as const) {
      it(`cancels ${kind} ${moment}, once`, async () => {
        const { input, left } = make()
        const content = uploadContentOf(input)
        const source = steps < 0 ? null : await content.open()
        if (steps > 0 && source !== null) await nextOf(source)
        content.cancel()
        content.cancel()
        await turns()
        // A generator that has not started runs no code when return() is called.
        expect(left()).to.equal(kind === 'a generator' && steps < 1 ? 0 : 1)
        expect(codeOf(() => content.open())).to.equal('ERR_EXPECT_CONTENT_GONE')
      })
    }

    it(`cancels ${kind} from a function`, async () => {
      const { input, left } = make()
      const content = uploadContentOf(() => input as Counted)
      await nextOf(await content.open())
      content.cancel()
      await turns()
      expect(left()).to.equal(1)
    })

    it(`cancels ${kind} from a function that resolves later`, async () => {
      const { input, left } = make()
      const content = uploadContentOf(async () => input as Counted)
      const opening = content.open()
      content.cancel()
      await opening
      await turns()
      expect(left()).to.equal(kind === 'a generator' ? 0 : 1)
    })

    it(`does not cancel ${kind} that was read to its end`, async () => {
      const { input, left } = make()
      const content = uploadContentOf(input)
      await restOf(await content.open())
      await turns()
      const before = left()
      content.cancel()
      await turns()
      expect(left()).to.equal(before)
    })
  }

  it('does not call a function', async () => {
    let calls = 0
    uploadContentOf(() => {
      calls++
      return 'ab'
    }).cancel()
    await turns()
    expect(calls).to.equal(0)
  })

  it('passes on the reason', async () => {
    const reader = new LoggedReader('ab')
    const content = uploadContentOf(readWith(reader))
    await content.open()
    content.cancel(new RangeError('enough'))
    expect(reader.log).to.deep.equal(['cancel: RangeError'])
  })

  it('destroys a stream during a read', async () => {
    const stream = new PassThrough()
    const content = uploadContentOf(stream)
    const source = await content.open()
    const step = source.read() as PromiseLike<unknown>
    step.then(undefined, () => {})
    content.cancel()
    expect(stream.destroyed).to.equal(true)
    await turns()
  })

  it('does not fail when the content could not be opened', async () => {
    const error = new RangeError('not today')
    const content = uploadContentOf(() => {
      throw error
    })
    expect(await failureOf((async () => content.open())())).to.equal(error)
    expect(content.failure).to.equal(error)
    expect(() => content.cancel()).not.to.throw()
  })

  it('does not fail when the content throws on cancel', async () => {
    const refuse = (): never => {
      throw new RangeError('no')
    }
    const next = (): IteratorResult<string> => ({ done: false, value: 'a' })
    const content = uploadContentOf({ [Symbol.iterator]: () => ({ next, return: refuse }) })
    await nextOf(await content.open())
    expect(() => content.cancel()).not.to.throw()
  })
})
