import { Writable } from 'node:stream'
import { expect } from 'chai'
import { contentOf } from '../lib/content/content.ts'
import { isPiped, pipedReading } from '../lib/content/piped.ts'
import { bytes, halves } from './support/inputs.ts'
import { Pushing, PushingForm } from './support/piped.ts'
import { bytesOf, chunksIn } from './support/readings.ts'

const ignore = (): void => {}

describe('contentOf', () => {
  it('knows a stream that can only be piped, which can be read once', async () => {
    const content = contentOf(new Pushing(halves))
    const { length, type, replayable, exact } = content
    expect({ length, type }).to.deep.equal({ length: null, type: null })
    expect({ replayable, exact }).to.deep.equal({ replayable: false, exact: false })
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  for (const length of [bytes.length, null]) {
    it(`knows the type of a form of the package form-data, and its length of ${length}`, () => {
      const content = contentOf(new PushingForm(halves, length))
      expect(content).to.include({ length, type: 'multipart/form-data; boundary=edge' })
    })
  }
})

describe('isPiped', () => {
  it('knows what can only be written to', () => {
    expect(isPiped(new Writable())).to.equal(false)
  })
})

describe('pipedReading', () => {
  it('reads to the end', async () => {
    const chunks = await chunksIn(pipedReading(new Pushing(halves), ignore))
    expect(Buffer.concat(chunks as Buffer[])).to.deep.equal(bytes)
  })

  it('reads no further than it is asked to', async () => {
    let made = 0
    function* chunks(): Generator<Buffer> {
      for (made = 1; made < 100; made++) yield Buffer.alloc(65_536)
    }
    const reading = pipedReading(new Pushing(chunks()), ignore)
    await reading.next()
    expect(made).to.be.below(4)
  })

  it('tells of a stream that breaks while nobody reads', async () => {
    const failures: unknown[] = []
    function* chunks(): Generator<Buffer> {
      stream.pause()
      yield* halves
    }
    const stream = new Pushing(chunks())
    pipedReading(stream, (error) => failures.push(error))
    const error = new Error('broken')
    stream.emit('error', error)
    await new Promise((turn) => setImmediate(turn))
    expect(failures).to.deep.equal([error])
  })

  it('fails the reading of a stream that closes before its end', async () => {
    function* chunks(): Generator<Buffer> {
      yield* halves
      stream.destroy()
    }
    const stream = new Pushing(chunks())
    const reading = pipedReading(stream, ignore)
    const failure = await chunksIn(reading).catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'ERR_STREAM_PREMATURE_CLOSE')
  })

  it('destroys the stream when it is cancelled', async () => {
    const stream = new Pushing(halves)
    const reading = pipedReading(stream, ignore)
    await reading.next()
    reading.cancel()
    expect(stream.destroyed).to.equal(true)
  })
})
