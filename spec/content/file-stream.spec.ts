import { createReadStream, openSync, type ReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { expect } from 'chai'
import type { Content } from '../../lib/content/content.ts'
import { contentOf } from '../../lib/content/kinds.ts'
import { closeLater } from '../support/closing.ts'
import { temporaryFile } from '../support/files.ts'
import { bytes } from '../support/inputs.ts'
import { bytesOf } from '../support/readers.ts'

type Options = Exclude<Parameters<typeof createReadStream>[1], BufferEncoding | undefined>

const size = bytes.length

/** A stream of a file that is destroyed after the spec. */
function streamOf(path: string, options: Options = {}): ReadStream {
  const stream = createReadStream(path, options)
  closeLater(() => stream.on('error', () => {}).destroy())
  return stream
}

/** The content of a stream after the lookup of its file. */
async function lookedUp(stream: ReadStream): Promise<Content> {
  const content = contentOf(stream)
  return (await content.lookUp?.()) ?? content
}

describe('contentOf a file stream', () => {
  const parts: readonly (readonly [string, Options, number])[] = [
    ['of a whole file', {}, size],
    ['of the end of a file', { start: 3 }, size - 3],
    ['of the beginning of a file', { end: 4 }, 5],
    ['of a part of a file', { start: 2, end: 2 }, 1],
    ['that would go on past the end of a file', { start: 2, end: 1000 }, size - 2],
    ['that begins at the end of a file', { start: size }, 0],
    ['that begins past the end of a file', { start: size + 5 }, 0],
  ]
  for (const [name, options, length] of parts) {
    it(`has the length of a stream ${name}`, async () => {
      const content = await lookedUp(streamOf(temporaryFile(bytes), options))
      expect(content).to.include({ length, type: null, replayable: false, callsOut: true })
      const { start = 0, end = size - 1 } = options
      expect(await bytesOf(content)).to.deep.equal(bytes.subarray(start, end + 1))
    })
  }

  it('has no length before the lookup', () => {
    expect(contentOf(streamOf(temporaryFile(bytes)))).to.include({
      length: null,
      replayable: false,
    })
  })

  it('reads each stream that a function returns', async () => {
    const path = temporaryFile(bytes)
    const content = contentOf(() => streamOf(path))
    expect(content).to.include({ length: null, replayable: true })
    expect(await bytesOf(content)).to.deep.equal(bytes)
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  it('has no length for a stream that was read from', async () => {
    const stream = streamOf(temporaryFile(bytes), { highWaterMark: 2 })
    for await (const _ of stream.iterator({ destroyOnReturn: false })) break
    expect((await lookedUp(stream)).length).to.equal(null)
  })

  it('has no length for a missing file, and passes on the error of the stream', async () => {
    const stream = streamOf('/missing')
    // It may fail before it is read.
    stream.on('error', () => {})
    const content = await lookedUp(stream)
    expect(content.length).to.equal(null)
    const error = await bytesOf(content).catch((reason: unknown) => reason)
    expect(error).to.include({ code: 'ENOENT' })
  })

  it('has no length for what is not a regular file', async () => {
    const content = await lookedUp(streamOf('/dev/null'))
    expect(content.length).to.equal(null)
    expect(await bytesOf(content)).to.have.length(0)
  })

  it('has no length for a FileHandle', async () => {
    const handle = await open(temporaryFile(bytes))
    closeLater(() => handle.close())
    const content = await lookedUp(handle.createReadStream({ autoClose: false }))
    expect(content.length).to.equal(null)
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  it('has no length for a descriptor, which may be of another file than the path', async () => {
    const other = temporaryFile(Buffer.from('other content'))
    const content = await lookedUp(streamOf(temporaryFile(bytes), { fd: openSync(other, 'r') }))
    expect(content.length).to.equal(null)
    expect((await bytesOf(content)).toString()).to.equal('other content')
  })

  it('has no length for a file in /proc, whose size is not that of its content', async () => {
    expect((await lookedUp(streamOf('/proc/self/status'))).length).to.equal(null)
  })

  for (const encoding of ['hex', 'base64', 'latin1'] as const) {
    it(`has no length for a stream with encoding ${encoding}, which yields text`, async () => {
      const content = await lookedUp(streamOf(temporaryFile(bytes), { encoding }))
      expect(content.length).to.equal(null)
      expect((await bytesOf(content)).toString()).to.equal(bytes.toString(encoding))
    })
  }
})
