import { openAsBlob, writeFileSync } from 'node:fs'
import { ReadableStream, type ReadableStreamDefaultController } from 'node:stream/web'
import { expect } from 'chai'
import {
  blobReader,
  bytesReader,
  iteratorReader,
  type Reader,
  webReader,
} from '../../lib/content/readers.ts'
import { noise } from '../support/contents.ts'
import { temporaryFile } from '../support/files.ts'
import { chunksIn, failureOf, stateOf } from '../support/readers.ts'
import { turns } from '../support/turns.ts'

const ignore = (): void => {}
const fail = (): never => {
  throw new Error('no')
}

describe('bytesReader', () => {
  it('yields bytes in one chunk, unchanged', async () => {
    const bytes = noise(3_000_000)
    const [chunk, ...rest] = await chunksIn(bytesReader(bytes))
    expect(chunk).to.equal(bytes)
    expect(rest).to.deep.equal([])
  })

  it('yields no chunk for empty content', async () => {
    expect(await chunksIn(bytesReader(Buffer.alloc(0)))).to.deep.equal([])
  })
})

describe('blobReader', () => {
  for (const size of [0, 1, 524_288, 1_300_000]) {
    it(`reads a Blob of ${size} bytes`, async () => {
      const bytes = noise(size)
      const chunks = (await chunksIn(blobReader(new Blob([bytes])))) as Buffer[]
      expect(Buffer.concat(chunks).equals(bytes)).to.equal(true)
    })
  }

  it('reads the stream() of a subclass', async () => {
    const bytes = noise(300_000)
    const lazy = new (class extends Blob {
      override stream() {
        return new Blob([bytes]).stream()
      }
    })([])
    const chunks = (await chunksIn(blobReader(lazy))) as Buffer[]
    expect(Buffer.concat(chunks).equals(bytes)).to.equal(true)
  })

  it('reads the slice() of a subclass', async () => {
    const sliced = new (class extends Blob {
      override slice() {
        return new Blob([])
      }
    })(['whole'])
    const chunks = (await chunksIn(blobReader(sliced))) as Buffer[]
    expect(Buffer.concat(chunks).toString()).to.equal('whole')
  })

  it('fails when a file has changed', async () => {
    const path = temporaryFile(noise(600_000))
    const reader = blobReader(await openAsBlob(path))
    await reader.next()
    writeFileSync(path, noise(700_000))
    const failure = await failureOf(reader.next() as Promise<unknown>)
    expect(failure).to.have.property('name', 'NotReadableError')
  })
})

/** An iterator without an end, which records the calls to it. */
function endless(log: string[], onReturn: () => unknown): Iterator<string> {
  return {
    next: () => {
      log.push('next')
      return { done: false, value: 'a' }
    },
    return: () => {
      log.push('return')
      return onReturn() as IteratorResult<string>
    },
  }
}

/** An iterable that returns this iterator under one of the two symbols. */
function iterable(key: symbol, iterator: Iterator<string>): Iterable<string> {
  return Object.assign(Object.create(null) as Iterable<string>, { [key]: () => iterator })
}

describe('iteratorReader', () => {
  for (const [name, key] of [
    ['a synchronous', Symbol.iterator],
    ['an asynchronous', Symbol.asyncIterator],
  ] as const) {
    const made = (log: string[], onReturn: () => unknown): Reader =>
      iteratorReader(iterable(key, endless(log, onReturn)))

    it(`reads from ${name} iterator one step at a time`, async () => {
      const log: string[] = []
      const reader = made(log, ignore)
      expect(log).to.deep.equal([])
      expect(await reader.next()).to.deep.equal({ done: false, value: 'a' })
      expect(log).to.deep.equal(['next'])
    })

    it(`calls return() on ${name} iterator when it is cancelled`, () => {
      const log: string[] = []
      made(log, ignore).cancel()
      expect(log).to.deep.equal(['return'])
    })

    for (const [how, onReturn] of [
      ['throws', fail],
      ['rejects', () => Promise.reject(new Error('no'))],
    ] as const) {
      it(`ignores ${name} iterator whose return() ${how}`, async () => {
        const reader = made([], onReturn)
        reader.cancel()
        expect((await reader.next()).done).to.equal(false)
      })
    }

    it(`ignores ${name} iterator without return()`, () => {
      const next = (): IteratorResult<string> => ({ done: true, value: undefined })
      const reader = iteratorReader(iterable(key, { next }))
      expect(() => reader.cancel()).not.to.throw()
    })
  }

  it('prefers the async iterator to the sync one', async () => {
    const both = {
      *[Symbol.iterator]() {
        yield 'sync'
      },
      async *[Symbol.asyncIterator]() {
        yield 'async'
      },
    }
    expect(await chunksIn(iteratorReader(both))).to.deep.equal(['async'])
  })

  it('ignores a generator that throws when it is cancelled', async () => {
    const reader = iteratorReader(
      (function* () {
        try {
          yield 'a'
        } finally {
          fail()
        }
      })(),
    )
    await reader.next()
    expect(() => reader.cancel()).not.to.throw()
  })
})

describe('webReader', () => {
  function opened(cancel: (reason: unknown) => Promise<void> | void = ignore): {
    reader: Reader
    stream: ReadableStream
    controller: ReadableStreamDefaultController
  } {
    let controller: ReadableStreamDefaultController | undefined
    const stream = new ReadableStream({
      cancel,
      start: (given) => {
        controller = given
      },
    })
    const reader = webReader(stream)
    return { reader, stream, controller: controller as ReadableStreamDefaultController }
  }

  it('reads to the end', async () => {
    const { reader, controller } = opened()
    const chunk = Buffer.from('a')
    controller.enqueue(chunk)
    controller.close()
    expect(await chunksIn(reader)).to.deep.equal([chunk])
  })

  it('reads a byte stream into its own buffers', async () => {
    const sizes: number[] = []
    const stream = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const view = controller.byobRequest?.view as Uint8Array
        sizes.push(view.length)
        view[0] = 97
        controller.byobRequest?.respond(1)
        controller.close()
      },
    })
    const chunks = await chunksIn(webReader(stream as ReadableStream))
    expect(Buffer.concat(chunks as Buffer[]).toString()).to.equal('a')
    expect(sizes).to.deep.equal([262_144])
  })

  for (const [what, chunk] of [
    ['string', 'a'],
    ['number', 99],
    ['[object Null]', null],
    ['[object ArrayBuffer]', new ArrayBuffer(1)],
    ['[object Int8Array]', new Int8Array(1)],
    ['[object Blob]', new Blob(['a'])],
  ] as const) {
    it(`fails at a chunk that is ${what}, and cancels the stream`, async () => {
      const reasons: unknown[] = []
      const { reader, controller } = opened((reason) => void reasons.push(reason))
      controller.enqueue(chunk)
      const failure = await failureOf(Promise.resolve(reader.next()))
      expect(failure).to.include({ code: 'ERR_EXPECT_CONTENT_TYPE' })
      expect(failure).to.have.property('message').that.includes(`yielded ${what},`)
      expect(reasons).to.deep.equal([failure])
    })
  }

  it('locks the stream', () => {
    expect(opened().stream.locked).to.equal(true)
  })

  it('rejects the next read after a stream broke, without an unhandled rejection', async () => {
    const { controller, reader } = opened()
    const error = new Error('broken')
    controller.error(error)
    await turns()
    expect(await failureOf(Promise.resolve(reader.next()))).to.equal(error)
  })

  it('cancels the stream with the reason', () => {
    const reasons: unknown[] = []
    const { reader } = opened((reason) => void reasons.push(reason))
    const reason = new Error('enough')
    reader.cancel(reason)
    expect(reasons).to.deep.equal([reason])
  })

  it('ignores a stream whose cancel() rejects', async () => {
    const { reader } = opened(() => Promise.reject(new Error('no')))
    reader.cancel()
    expect(await stateOf(Promise.resolve(reader.next()))).to.equal('fulfilled')
  })
})
