import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { ReadableStream, type ReadableStreamDefaultController } from 'node:stream/web'
import { expect } from 'chai'
import { readableReading } from '../lib/content/readable-reading.ts'
import { type Reading, webReading } from '../lib/content/reading.ts'
import { chunksIn, stateOf } from './support/readings.ts'

const ignore = (): void => {}

describe('readableReading', () => {
  it('reads to the end', async () => {
    const failures: unknown[] = []
    const stream = Readable.from(['a', 'b'])
    const reading = readableReading(stream, (error) => failures.push(error))
    expect(await chunksIn(reading)).to.deep.equal(['a', 'b'])
    expect(failures).to.deep.equal([])
  })

  it('reads nothing before it is asked', async () => {
    let reads = 0
    const stream = new Readable({ read: () => reads++ })
    readableReading(stream, ignore)
    await new Promise((turn) => setImmediate(turn))
    expect(reads).to.equal(0)
  })

  it('tells of a stream that breaks while nobody reads', async () => {
    const failures: unknown[] = []
    const stream = new PassThrough()
    readableReading(stream, (error) => failures.push(error))
    const error = new Error('broken')
    stream.destroy(error)
    await new Promise((turn) => setImmediate(turn))
    expect(failures).to.deep.equal([error])
  })

  it('fails the reading of a stream that breaks', async () => {
    const stream = new PassThrough()
    const reading = readableReading(stream, ignore)
    const step = Promise.resolve(reading.next()).catch((error: unknown) => error)
    const error = new Error('broken')
    stream.destroy(error)
    expect(await step).to.equal(error)
  })

  for (const [moment, steps] of [
    ['before it was read', 0],
    ['while it is read', 1],
  ] as const) {
    it(`destroys the stream when it is cancelled ${moment}`, async () => {
      const stream = new PassThrough()
      stream.write('a')
      const reading = readableReading(stream, ignore)
      for (let step = 0; step < steps; step++) await reading.next()
      const closed = once(stream, 'close')
      reading.cancel()
      expect(stream.destroyed).to.equal(true)
      await closed
    })
  }

  it('bears a stream that breaks while it is being destroyed', async () => {
    const failures: unknown[] = []
    const error = new Error('no')
    const stream = new Readable({ read() {}, destroy: (_, callback) => callback(error) })
    readableReading(stream, (reason) => failures.push(reason)).cancel()
    await new Promise((turn) => setImmediate(turn))
    expect(failures).to.deep.equal([error])
  })
})

describe('webReading', () => {
  function opened(cancel: (reason: unknown) => Promise<void> | void = ignore): {
    reading: Reading
    stream: ReadableStream
    controller: ReadableStreamDefaultController
    failures: unknown[]
  } {
    let controller: ReadableStreamDefaultController | undefined
    const failures: unknown[] = []
    const stream = new ReadableStream({
      cancel,
      start: (given) => {
        controller = given
      },
    })
    const reading = webReading(stream, (error) => failures.push(error))
    return { reading, stream, failures, controller: controller as ReadableStreamDefaultController }
  }

  it('reads to the end', async () => {
    const { reading, controller, failures } = opened()
    const chunk = Buffer.from('a')
    controller.enqueue(chunk)
    controller.close()
    expect(await chunksIn(reading)).to.deep.equal([chunk])
    expect(failures).to.deep.equal([])
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
      const { reading, controller } = opened((reason) => void reasons.push(reason))
      controller.enqueue(chunk)
      const failure = await Promise.resolve(reading.next()).catch((error: unknown) => error)
      expect(failure).to.include({ code: 'ERR_EXPECT_CONTENT_TYPE' })
      expect(failure).to.have.property('message').that.includes(`yielded ${what},`)
      expect(reasons).to.deep.equal([failure])
    })
  }

  it('locks the stream', () => {
    expect(opened().stream.locked).to.equal(true)
  })

  it('tells of a stream that breaks while nobody reads', async () => {
    const { controller, failures } = opened()
    const error = new Error('broken')
    controller.error(error)
    await new Promise((turn) => setImmediate(turn))
    expect(failures).to.deep.equal([error])
  })

  it('cancels the stream, and says why', () => {
    const reasons: unknown[] = []
    const { reading } = opened((reason) => void reasons.push(reason))
    const reason = new Error('enough')
    reading.cancel(reason)
    expect(reasons).to.deep.equal([reason])
  })

  it('bears a stream that cannot be cancelled', async () => {
    const { reading } = opened(() => Promise.reject(new Error('no')))
    reading.cancel()
    expect(await stateOf(Promise.resolve(reading.next()))).to.equal('fulfilled')
  })
})
