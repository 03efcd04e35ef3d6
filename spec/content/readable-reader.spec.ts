import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { expect } from 'chai'
import { readableReader, watchReadable } from '../../lib/content/readable-reader.ts'
import { chunksIn, failureOf } from '../support/readers.ts'
import { turns } from '../support/turns.ts'

const ignore = (): void => {}

describe('watchReadable', () => {
  it('reports a stream that breaks', async () => {
    const failures: unknown[] = []
    const stream = new PassThrough()
    watchReadable(stream, (error) => failures.push(error))
    const error = new Error('broken')
    stream.destroy(error)
    await turns()
    expect(failures).to.deep.equal([error])
  })

  it('reads nothing', async () => {
    let reads = 0
    watchReadable(new Readable({ read: () => reads++ }), ignore)
    await turns()
    expect(reads).to.equal(0)
  })

  it('ignores a stream that breaks after it is unwatched', async () => {
    const failures: unknown[] = []
    const stream = new PassThrough()
    watchReadable(stream, (error) => failures.push(error))()
    stream.destroy(new Error('broken'))
    await turns()
    expect(failures).to.deep.equal([])
  })
})

/** A stream with a 'readable' listener, which keeps it from flowing. */
function listenedTo(stream: Readable): Readable {
  return stream.on('readable', ignore)
}

for (const [name, made] of [
  ['a stream', (stream: Readable) => stream],
  ['a stream with a readable listener', listenedTo],
] as const) {
  describe(`readableReader of ${name}`, () => {
    it('reads to the end', async () => {
      const reader = readableReader(made(Readable.from(['a', 'b'])))
      expect(await chunksIn(reader)).to.deep.equal(['a', 'b'])
    })

    it('reads to the end when the stream was paused', async () => {
      const reader = readableReader(made(Readable.from(['a', 'b']).pause()))
      expect(await chunksIn(reader)).to.deep.equal(['a', 'b'])
    })

    it('fails when the stream breaks', async () => {
      const stream = new PassThrough()
      const reader = readableReader(made(stream))
      const step = failureOf(Promise.resolve(reader.next()))
      const error = new Error('broken')
      stream.destroy(error)
      expect(await step).to.equal(error)
    })

    it('fails when the stream was closed before its end', async () => {
      const stream = new PassThrough()
      const reader = readableReader(made(stream))
      const step = failureOf(Promise.resolve(reader.next()))
      stream.destroy()
      expect(await step).to.have.property('code', 'ERR_STREAM_PREMATURE_CLOSE')
    })

    it('fails when the stream broke before it was opened', async () => {
      const stream = new PassThrough()
      const error = new Error('broken')
      stream.on('error', ignore).destroy(error)
      await turns()
      expect(() => readableReader(made(stream))).to.throw(error)
    })

    for (const [moment, steps] of [
      ['before it was read', 0],
      ['while it is read', 1],
    ] as const) {
      it(`destroys the stream when it is cancelled ${moment}`, async () => {
        const stream = new PassThrough()
        stream.write('a')
        const reader = readableReader(made(stream))
        for (let step = 0; step < steps; step++) await reader.next()
        const closed = once(stream, 'close')
        reader.cancel()
        expect(stream.destroyed).to.equal(true)
        await closed
      })
    }

    it('ignores an error while the stream is being destroyed', async () => {
      const broken = new Error('no')
      const stream = new Readable({ read() {}, destroy: (_, callback) => callback(broken) })
      readableReader(made(stream)).cancel()
      await once(stream, 'close').catch(ignore)
    })
  })
}

/** A stream of 100 chunks of 64 KiB, which counts those it has created. */
class Hundred extends Readable {
  made = 0

  constructor() {
    super({ highWaterMark: 1 })
  }

  override _read(): void {
    this.made++
    this.push(this.made > 100 ? null : Buffer.alloc(65_536))
  }
}

describe('readableReader', () => {
  it('reads nothing before the first next()', async () => {
    let reads = 0
    readableReader(new Readable({ read: () => reads++ }))
    await turns()
    expect(reads).to.equal(0)
  })

  it('returns chunks that are buffered synchronously', async () => {
    const stream = new PassThrough()
    const reader = readableReader(stream)
    const first = reader.next()
    for (const chunk of ['a', 'b', 'c']) stream.write(chunk)
    await first
    await turns()
    expect(reader.next()).to.deep.equal({ done: false, value: Buffer.from('b') })
    expect(reader.next()).to.deep.equal({ done: false, value: Buffer.from('c') })
  })

  it('yields chunks that arrived before the stream broke', async () => {
    const stream = new PassThrough()
    const reader = readableReader(stream)
    const first = reader.next()
    for (const chunk of ['a', 'b']) stream.write(chunk)
    await first
    await turns()
    stream.destroy(new Error('broken'))
    await turns()
    expect(reader.next()).to.deep.equal({ done: false, value: Buffer.from('b') })
    expect(() => reader.next()).to.throw('broken')
  })

  it('buffers little ahead, and continues when that was read', async () => {
    const stream = new Hundred()
    const reader = readableReader(stream)
    await reader.next()
    await turns(20)
    expect(stream.made).to.be.within(5, 8)
    expect(await chunksIn(reader)).to.have.length(99)
  })

  for (const [moment, early] of [
    ['before', true],
    ['while', false],
  ] as const) {
    it(`buffers little ahead when other code pipes the stream ${moment} it is read`, async () => {
      let piped = 0
      const stream = new Hundred()
      const destination = new Writable({
        highWaterMark: 1,
        write(_chunk, _encoding, callback) {
          piped++
          setImmediate(callback)
        },
      })
      const reader = readableReader(stream)
      if (early) stream.pipe(destination)
      await reader.next()
      if (!early) stream.pipe(destination)
      await turns(200)
      expect(stream.made).to.be.within(5, 12)
      expect(await chunksIn(reader)).to.have.length(99)
      expect(piped).to.be.within(early ? 100 : 95, 100)
    })
  }

  it('applies the same limit to object streams', async () => {
    let made = 0
    const stream = new Readable({
      objectMode: true,
      highWaterMark: 1,
      read() {
        made++
        this.push({})
      },
    })
    const reader = readableReader(stream)
    await reader.next()
    await turns(20)
    expect(made).to.be.below(5)
    reader.cancel()
  })
})
