import { expect } from 'chai'
import { blobReading, iteratorReading, type Reading } from '../lib/content/reading.ts'
import { noise } from './support/contents.ts'
import { chunksIn } from './support/readings.ts'

const ignore = (): void => {}
const fail = (): never => {
  throw new Error('no')
}

describe('blobReading', () => {
  it('reads a Blob', async () => {
    const bytes = noise(300_000)
    const chunks = (await chunksIn(blobReading(new Blob([bytes])))) as Buffer[]
    expect(Buffer.concat(chunks).equals(bytes)).to.equal(true)
  })

  it('lets go of one that was begun', async () => {
    const reading = blobReading(new Blob([noise(300_000)]))
    await reading.next()
    reading.cancel()
    expect(await reading.next()).to.deep.equal({ done: true, value: undefined })
  })
})

/** An iterator that goes on for ever and writes down what is done to it. */
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

/** What hands out this iterator under one of the two symbols. */
function iterable(key: symbol, iterator: Iterator<string>): Iterable<string> {
  return Object.assign(Object.create(null) as Iterable<string>, { [key]: () => iterator })
}

describe('iteratorReading', () => {
  for (const [name, key] of [
    ['a synchronous', Symbol.iterator],
    ['an asynchronous', Symbol.asyncIterator],
  ] as const) {
    const made = (log: string[], onReturn: () => unknown): Reading =>
      iteratorReading(iterable(key, endless(log, onReturn)))

    it(`reads from ${name} iterator one step at a time`, async () => {
      const log: string[] = []
      const reading = made(log, ignore)
      expect(log).to.deep.equal([])
      expect(await reading.next()).to.deep.equal({ done: false, value: 'a' })
      expect(log).to.deep.equal(['next'])
    })

    it(`returns from ${name} iterator when it is cancelled`, () => {
      const log: string[] = []
      made(log, ignore).cancel()
      expect(log).to.deep.equal(['return'])
    })

    for (const [how, onReturn] of [
      ['throws', fail],
      ['rejects', () => Promise.reject(new Error('no'))],
    ] as const) {
      it(`bears ${name} iterator whose return ${how}`, async () => {
        const reading = made([], onReturn)
        reading.cancel()
        expect((await reading.next()).done).to.equal(false)
      })
    }

    it(`bears ${name} iterator that cannot be returned from`, () => {
      const next = (): IteratorResult<string> => ({ done: true, value: undefined })
      const reading = iteratorReading(iterable(key, { next }))
      expect(() => reading.cancel()).not.to.throw()
    })
  }

  it('reads asynchronously what can be read either way', async () => {
    const both = {
      *[Symbol.iterator]() {
        yield 'sync'
      },
      async *[Symbol.asyncIterator]() {
        yield 'async'
      },
    }
    expect(await chunksIn(iteratorReading(both))).to.deep.equal(['async'])
  })

  it('bears a generator that fails when it is left', async () => {
    const reading = iteratorReading(
      (function* () {
        try {
          yield 'a'
        } finally {
          fail()
        }
      })(),
    )
    await reading.next()
    expect(() => reading.cancel()).not.to.throw()
  })
})
