import { Writable } from 'node:stream'
import { expect } from 'chai'
import { contentOf } from '../../lib/content/kinds.ts'
import { isPiped, pipedReader, watchPiped } from '../../lib/content/piped-reader.ts'
import { bytes, halves } from '../support/inputs.ts'
import { Pushing, PushingForm } from '../support/piped.ts'
import { bytesOf, chunksIn } from '../support/readers.ts'

describe('contentOf', () => {
  it('recognises a stream that can only be piped, which can be read once', async () => {
    const content = contentOf(new Pushing(halves))
    const { length, type, replayable, callsOut } = content
    expect({ length, type }).to.deep.equal({ length: null, type: null })
    expect({ replayable, callsOut }).to.deep.equal({ replayable: false, callsOut: true })
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  for (const length of [bytes.length, null]) {
    it(`has the type of a form of the package form-data, and its length of ${length}`, () => {
      const content = contentOf(new PushingForm(halves, length))
      expect(content).to.include({ length, type: 'multipart/form-data; boundary=edge' })
    })
  }
})

describe('isPiped', () => {
  it('recognises streams that can only be written to', () => {
    expect(isPiped(new Writable())).to.equal(false)
  })
})

describe('watchPiped', () => {
  it('reports a stream that breaks, until it is unwatched', () => {
    const failures: unknown[] = []
    const stream = new Pushing(halves)
    stream.on('error', () => {})
    const unwatch = watchPiped(stream, (reason) => failures.push(reason))
    const error = new Error('broken')
    stream.emit('error', error)
    unwatch()
    stream.emit('error', new Error('again'))
    expect(failures).to.deep.equal([error])
  })
})

describe('pipedReader', () => {
  it('reads to the end', async () => {
    const chunks = await chunksIn(pipedReader(new Pushing(halves)))
    expect(Buffer.concat(chunks as Buffer[])).to.deep.equal(bytes)
  })

  it('reads only a little ahead', async () => {
    let made = 0
    function* chunks(): Generator<Buffer> {
      for (made = 1; made < 100; made++) yield Buffer.alloc(65_536)
    }
    const reader = pipedReader(new Pushing(chunks()))
    await reader.next()
    expect(made).to.be.below(10)
  })

  it('fails when the stream breaks', async () => {
    const stream = new Pushing(halves)
    stream.pause()
    const reader = pipedReader(stream)
    const error = new Error('broken')
    stream.emit('error', error)
    expect(await chunksIn(reader).catch((reason: unknown) => reason)).to.equal(error)
  })

  it('fails when the stream closes before its end', async () => {
    function* chunks(): Generator<Buffer> {
      yield* halves
      stream.destroy()
    }
    const stream = new Pushing(chunks())
    const reader = pipedReader(stream)
    const failure = await chunksIn(reader).catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'ERR_STREAM_PREMATURE_CLOSE')
  })

  it('destroys the stream when it is cancelled', async () => {
    const stream = new Pushing(halves)
    const reader = pipedReader(stream)
    await reader.next()
    reader.cancel()
    expect(stream.destroyed).to.equal(true)
  })
})
