import { AsyncLocalStorage } from 'node:async_hooks'
import { PassThrough, Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Source } from '../../lib/connection/source.ts'
import { type Content, type ContentInput, makeContent } from '../../lib/content/content.ts'
import type { Step } from '../../lib/content/readers.ts'
import type { UploadContent } from '../../lib/content/upload-content.ts'
import { UploadError } from '../../lib/errors.ts'
import { joined } from '../support/cuts.ts'
import { failureOf, LoggedReader, stateOf } from '../support/readers.ts'
import { Counted, nextOf, restOf, turn, uploadContentOf } from '../support/sources.ts'

/** One-shot content that is read with this reader. */
function readWith(reader: LoggedReader, exact = false): Content {
  return makeContent({
    length: null,
    type: null,
    replayable: false,
    exact,
    callsOut: true,
    open: () => reader,
  })
}

/** Reads until the end or a failure. */
async function readAll(source: Source): Promise<{ chunks: string[]; error: unknown }> {
  const chunks: string[] = []
  for (;;) {
    try {
      const chunk = await nextOf(source)
      if (chunk === null) return { chunks, error: null }
      chunks.push(chunk)
    } catch (error) {
      return { chunks, error }
    }
  }
}

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

describe('UploadContent before it is opened', () => {
  it('reads nothing', async () => {
    const input = new Counted('ab')
    const content = uploadContentOf(input)
    await turn()
    expect(input.asked).to.equal(0)
    expect(content.untouched).to.equal(true)
    await content.open()
    expect(content.untouched).to.equal(false)
  })

  it('calls no function', async () => {
    let calls = 0
    const content = uploadContentOf(() => {
      calls++
      return 'ab'
    })
    await turn()
    expect(calls).to.equal(0)
    expect(content.untouched).to.equal(true)
    expect(await restOf(await content.open())).to.equal('ab')
    expect(calls).to.equal(1)
  })

  it('is touched while a function has not answered yet', () => {
    const content = uploadContentOf(() => new Promise<string>(() => {}))
    void content.open()
    expect(content.untouched).to.equal(false)
  })

  it('tells of a Node stream that breaks', async () => {
    const error = new RangeError('broken')
    const failures: unknown[] = []
    const stream = new PassThrough()
    const content = uploadContentOf(stream, {}, (reason) => failures.push(reason))
    stream.destroy(error)
    await turn()
    expect(failures).to.deep.equal([error])
    expect(content.failure).to.equal(error)
  })

  for (const [moment, act] of [
    ['once it is opened', (content: UploadContent) => void content.open()],
    ['once it was let go', (content: UploadContent) => content.cancel()],
  ] as const) {
    it(`tells of no stream that breaks ${moment}`, async () => {
      const failures: unknown[] = []
      const destroy = (_: unknown, callback: (reason: Error) => void): void =>
        callback(new Error('broken'))
      const stream = new Readable({ read() {}, destroy })
      const content = uploadContentOf(stream, {}, (reason) => failures.push(reason))
      act(content)
      stream.destroy()
      await turn()
      expect(failures).to.deep.equal([])
    })
  }
})

describe('UploadContent with a declared length', () => {
  const whole: readonly (readonly [string, string[], boolean, number | null, string[]])[] = [
    ['of unknown length', ['ab', 'c'], false, null, ['ab', 'c']],
    ['of unknown length, with nothing in it', [], false, null, []],
    ['of unknown length, with empty chunks', ['', 'ab', '', '', 'c', ''], false, null, ['ab', 'c']],
    ['of no length', [], false, 0, []],
    ['of no length, with empty chunks', ['', ''], false, 0, []],
    ['in one chunk', ['abc'], false, 3, ['abc']],
    ['in several chunks', ['ab', 'c', 'def'], false, 6, ['ab', 'c', 'def']],
    ['that ends with empty chunks', ['ab', 'c', '', ''], false, 3, ['ab', 'c']],
    ['that begins with empty chunks', ['', '', 'abc'], false, 3, ['abc']],
    ['whose length is beyond doubt', ['abc'], true, 3, ['abc']],
    ['in chunks, whose length is beyond doubt', ['ab', 'c'], true, 3, ['ab', 'c']],
  ]
  for (const [name, chunks, exact, length, wanted] of whole) {
    it(`hands over content ${name}`, async () => {
      const reader = new LoggedReader(...chunks)
      const content = uploadContentOf(readWith(reader, exact), { length })
      expect(content.length).to.equal(length)
      expect(await readAll(await content.open())).to.deep.equal({ chunks: wanted, error: null })
      content.cancel()
      expect(reader.log).not.to.include('cancel')
    })
  }

  const bytes = Buffer.from('abcd')
  const kinds: readonly (readonly [string, unknown])[] = [
    ['a string', 'abcd'],
    ['a Buffer', bytes],
    ['a Uint8Array', new Uint8Array(bytes)],
    ['a Uint16Array', new Uint16Array(new Uint8Array(bytes).buffer)],
    ['a DataView', new DataView(new Uint8Array(bytes).buffer)],
    ['an ArrayBuffer', new Uint8Array(bytes).buffer],
  ]
  for (const [name, chunk] of kinds) {
    it(`takes ${name} for a chunk`, async () => {
      const content = uploadContentOf(readWith(new LoggedReader(chunk)))
      expect(await readAll(await content.open())).to.deep.equal({ chunks: ['abcd'], error: null })
    })
  }

  it('counts text in bytes', async () => {
    const content = uploadContentOf(readWith(new LoggedReader('\u20ac')), { length: 3 })
    expect((await readAll(await content.open())).error).to.equal(null)
  })

  it('hands over the last chunk only when the source has ended', async () => {
    const reader = new LoggedReader('ab', 'cd')
    const source = await uploadContentOf(readWith(reader), { length: 4 }).open()
    expect(await nextOf(source)).to.equal('ab')
    expect(reader.log).to.deep.equal(['next'])
    expect(source.take(await source.read())).to.equal(undefined)
    expect(joined([source.take(await source.read()) ?? ''])).to.equal('cd')
    expect(reader.log).to.deep.equal(['next', 'next', 'next'])
    expect(source.read()).to.equal(null)
  })

  it('does not look for the end of content whose length is beyond doubt', async () => {
    const reader = new LoggedReader('ab', 'cd')
    const source = await uploadContentOf(readWith(reader, true), { length: 4 }).open()
    expect(await restOf(source)).to.equal('abcd')
    expect(reader.log).to.deep.equal(['next', 'next'])
  })

  for (const [chunks, length, got] of [
    [[], 3, 0],
    [['ab'], 3, 2],
    [['a', '', 'b'], 3, 2],
  ] as const) {
    it(`fails when ${got} bytes came in place of ${length}`, async () => {
      const reader = new LoggedReader(...chunks)
      const content = uploadContentOf(readWith(reader), { length, replayWindow: 100 })
      const { error } = await readAll(await content.open())
      expect(error).to.be.instanceOf(UploadError).and.include({ code: 'ERR_EXPECT_CONTENT_SHORT' })
      expect((error as Error).message).to.contain(`ended after ${got} bytes, short of`)
      expect(content.failure).to.equal(error)
      expect(content.replayable).to.equal(false)
      content.cancel()
      expect(reader.log).not.to.include('cancel')
    })
  }

  for (const [chunks, length, handed] of [
    [['abcd'], 3, []],
    [['ab', 'cd'], 3, ['ab']],
    [['abc', 'd'], 3, []],
    [['ab', 'c', 'd'], 3, ['ab']],
    [['a', 'b'], 1, []],
    [['a'], 0, []],
  ] as const) {
    it(`fails when ${chunks.join(' and ')} came in place of ${length} bytes`, async () => {
      const reader = new LoggedReader(...chunks)
      const content = uploadContentOf(readWith(reader), { length, replayWindow: 100 })
      const { chunks: read, error } = await readAll(await content.open())
      expect(read).to.deep.equal(handed)
      expect(error).to.include({ code: 'ERR_EXPECT_CONTENT_LONG' })
      expect(content.failure).to.equal(error)
      expect(content.replayable).to.equal(false)
      content.cancel()
      const cancels = reader.log.filter((line) => line.startsWith('cancel'))
      expect(cancels).to.deep.equal(['cancel: UploadError'])
    })
  }

  for (const [chunk, name] of [
    [5, 'number'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{}, '[object Object]'],
    [['a'], '[object Array]'],
    [new Blob(['a']), '[object Blob]'],
    [Promise.resolve('a'), '[object Promise]'],
    [Symbol('s'), 'symbol'],
  ] as const) {
    it(`fails when a chunk is ${name}`, async () => {
      const reader = new LoggedReader('ab', chunk)
      const content = uploadContentOf(readWith(reader))
      const { chunks, error } = await readAll(await content.open())
      expect(chunks).to.deep.equal(['ab'])
      expect(error).to.be.instanceOf(UploadError).and.include({ code: 'ERR_EXPECT_CONTENT_TYPE' })
      expect((error as Error).message).to.contain(`yielded ${name},`)
      content.cancel()
      expect(reader.log).to.deep.equal(['next', 'next', 'cancel: UploadError'])
    })
  }

  it('passes on what the source failed with, and does not cancel what is over', async () => {
    const cause = new Error('broken')
    const reader = new LoggedReader('ab', cause)
    const content = uploadContentOf(readWith(reader))
    expect(await readAll(await content.open())).to.deep.equal({ chunks: ['ab'], error: cause })
    expect(content.failure).to.equal(cause)
    content.cancel()
    expect(reader.log).to.deep.equal(['next', 'next'])
  })

  it('hands over all of the content or less than its length, whatever comes', async () => {
    const anyChunks = fc.array(fc.string({ maxLength: 3, unit: 'grapheme-ascii' }))
    await fc.assert(
      fc.asyncProperty(anyChunks, fc.nat({ max: 12 }), async (chunks, length) => {
        const all = chunks.join('')
        const content = uploadContentOf(readWith(new LoggedReader(...chunks)), { length })
        const { chunks: read, error } = await readAll(await content.open())
        expect(all.startsWith(read.join(''))).to.equal(true)
        if (all.length === length) {
          expect({ read: read.join(''), error }).to.deep.equal({ read: all, error: null })
          return
        }
        const code = all.length < length ? 'ERR_EXPECT_CONTENT_SHORT' : 'ERR_EXPECT_CONTENT_LONG'
        expect(error).to.include({ code })
        expect(read.join('').length).to.be.at.most(Math.max(0, length - 1))
      }),
    )
  })

  for (const [name, chunks, code] of [
    ['nothing', [], null],
    ['empty chunks', ['', ''], null],
    ['a byte', ['', 'a'], 'ERR_EXPECT_CONTENT_LONG'],
  ] as const) {
    it(`of 0 ${code === null ? 'bears' : 'refuses'} ${name} before anything is sent`, async () => {
      const content = uploadContentOf(new Counted(...chunks), { length: 0 })
      const error = (await failureOf(content.readEmpty())) as { code?: string } | null
      expect(error?.code ?? null).to.equal(code)
    })
  }
})

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
      expect(content.replayable).to.equal(replayable)
      if (replayable) expect(await restOf(await content.open())).to.equal(chunks.join(''))
      else expect(codeOf(() => content.open())).to.equal('ERR_EXPECT_CONTENT_GONE')
    })
  }

  it('never makes a replay other than whole', async () => {
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
              if (!content.replayable) continue
              source = await content.open()
              asked = Promise.resolve()
            } else if ((await stateOf(asked)) !== 'pending') {
              const reads = source
              // An attempt that was given up takes its step, and reads no more.
              asked = nextOnce(reads)
              if (move === 'next') await stateOf(asked)
            }
          }
          if (again) expect(content.replayable).to.equal(true)
          if (content.replayable) expect(await restOf(await content.open())).to.equal(all.join(''))
          else expect(codeOf(() => content.open())).to.equal('ERR_EXPECT_CONTENT_GONE')
        },
      ),
    )
  })
})

/** Takes one step of a source, whatever it comes to. */
async function nextOnce(source: Source): Promise<void> {
  const found = source.read()
  if (typeof found === 'object' && found !== null && 'then' in found) source.take(await found)
}

describe('an attempt in the place of another', () => {
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
    ['that the other waits for', false],
    ['that came for the other before it took it', true],
  ] as const) {
    it(`is handed the chunk ${moment}`, async () => {
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

  it('is told what the other would have failed with', async () => {
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

  it('is handed what was kept, which is not read twice', async () => {
    const input = new Counted('ab', 'c')
    const content = uploadContentOf(input, { replayWindow: 100 })
    await nextOf(await content.open())
    expect(await restOf(await content.open())).to.equal('abc')
    expect(input.asked).to.equal(3)
  })

  it('holds the last chunk back, too', async () => {
    const content = uploadContentOf(new Counted('ab', 'c', 'd'), { length: 3, replayWindow: 100 })
    const first = await content.open()
    await nextOf(first)
    await nextOnce(first)
    const { chunks, error } = await readAll(await content.open())
    expect(chunks).to.deep.equal(['ab'])
    expect(error).to.include({ code: 'ERR_EXPECT_CONTENT_LONG' })
  })

  it('calls a function again, and lets go of what it made before', async () => {
    const made: Counted[] = []
    const content = uploadContentOf(() => {
      made.push(new Counted('ab', 'c'))
      return made.at(-1) as Counted
    })
    await nextOf(await content.open())
    expect(await restOf(await content.open())).to.equal('abc')
    expect(await restOf(await content.open())).to.equal('abc')
    content.cancel()
    expect(made.map(({ left }) => left)).to.deep.equal([1, 0, 0])
  })
})

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

describe('UploadContent.cancel', () => {
  for (const [kind, make] of kinds) {
    for (const [moment, steps] of [
      ['that was not opened', -1],
      ['that was opened', 0],
      ['that was read in part', 1],
    ] as const) {
      it(`lets go of ${kind} ${moment}, once`, async () => {
        const { input, left } = make()
        const content = uploadContentOf(input)
        const source = steps < 0 ? null : await content.open()
        if (steps > 0 && source !== null) await nextOf(source)
        content.cancel()
        content.cancel()
        await turn()
        // A generator that has not begun runs no code when it is left.
        expect(left()).to.equal(kind === 'a generator' && steps < 1 ? 0 : 1)
        expect(codeOf(() => content.open())).to.equal('ERR_EXPECT_CONTENT_GONE')
      })
    }

    it(`lets go of ${kind} from a function`, async () => {
      const { input, left } = make()
      const content = uploadContentOf(() => input as Counted)
      await nextOf(await content.open())
      content.cancel()
      await turn()
      expect(left()).to.equal(1)
    })

    it(`lets go of ${kind} from a function that answers only afterwards`, async () => {
      const { input, left } = make()
      const content = uploadContentOf(async () => input as Counted)
      const opening = content.open()
      content.cancel()
      await opening
      await turn()
      expect(left()).to.equal(kind === 'a generator' ? 0 : 1)
    })

    it(`leaves ${kind} alone that was read to its end`, async () => {
      const { input, left } = make()
      const content = uploadContentOf(input)
      await restOf(await content.open())
      await turn()
      const before = left()
      content.cancel()
      await turn()
      expect(left()).to.equal(before)
    })
  }

  it('does not call a function', async () => {
    let calls = 0
    uploadContentOf(() => {
      calls++
      return 'ab'
    }).cancel()
    await turn()
    expect(calls).to.equal(0)
  })

  it('says why', async () => {
    const reader = new LoggedReader('ab')
    const content = uploadContentOf(readWith(reader))
    await content.open()
    content.cancel(new RangeError('enough'))
    expect(reader.log).to.deep.equal(['cancel: RangeError'])
  })

  it('destroys a stream that a chunk is waited for of', async () => {
    const stream = new PassThrough()
    const content = uploadContentOf(stream)
    const source = await content.open()
    const step = source.read() as PromiseLike<unknown>
    step.then(undefined, () => {})
    content.cancel()
    expect(stream.destroyed).to.equal(true)
    await turn()
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

  it('does not fail when the content does not want to be let go', async () => {
    const refuse = (): never => {
      throw new RangeError('no')
    }
    const next = (): IteratorResult<string> => ({ done: false, value: 'a' })
    const content = uploadContentOf({ [Symbol.iterator]: () => ({ next, return: refuse }) })
    await nextOf(await content.open())
    expect(() => content.cancel()).not.to.throw()
  })
})

describe('the memory of content', () => {
  for (const canReuseBuffers of [true, false]) {
    it(`is ${canReuseBuffers ? '' : 'not '}used again where it ${canReuseBuffers ? 'is' : 'is not'} lent`, async () => {
      const reader = new LoggedReader('ab')
      const source = await uploadContentOf(readWith(reader), { canReuseBuffers }).open()
      await nextOf(source)
      source.release(2)
      expect(reader.log).to.deep.equal(canReuseBuffers ? ['next', 'release 2'] : ['next'])
    })
  }

  it('is not given back by an attempt that was given up', async () => {
    const reader = new LoggedReader('ab')
    const content = uploadContentOf(readWith(reader), { canReuseBuffers: true, replayWindow: 100 })
    const first = await content.open()
    await nextOf(first)
    await content.open()
    first.release(2)
    expect(reader.log).to.deep.equal(['next'])
  })
})

describe('the context of content', () => {
  it('is that of the caller, for all that is called', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: string[] = []
    const note = (what: string): void => void seen.push(`${what} ${storage.getStore()}`)
    const make = (): AsyncIterable<string> => {
      note('call')
      return {
        [Symbol.asyncIterator]: () => ({
          next: async () => {
            note('next')
            return { done: false, value: 'ab' }
          },
          return: async () => {
            note('return')
            return { done: true, value: undefined }
          },
        }),
      }
    }
    const inContext = storage.run('caller', () => AsyncLocalStorage.snapshot())
    await storage.run('elsewhere', async () => {
      const content = uploadContentOf(make, { inContext })
      await nextOf(await content.open())
      content.cancel()
    })
    expect(seen).to.deep.equal(['call caller', 'next caller', 'return caller'])
  })
})
