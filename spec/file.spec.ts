import { symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import { contentOf } from '../lib/content/content.ts'
import { type FileOptions, fromFile } from '../lib/content/file.ts'
import { noise } from './support/contents.ts'
import { handlesLeftOn, handlesOn, temporaryFile } from './support/files.ts'
import { bytesOf, chunksIn, opened } from './support/readings.ts'

const bytes = noise(1000)

function written(content: Uint8Array = bytes): string {
  const path = temporaryFile()
  writeFileSync(path, content)
  return path
}

describe('fromFile', () => {
  const parts: readonly (readonly [string, FileOptions, number, number])[] = [
    ['all of it', {}, 0, 1000],
    ['a part in the middle', { start: 10, end: 19 }, 10, 20],
    ['what follows a place', { start: 990 }, 990, 1000],
    ['what precedes a place', { end: 9 }, 0, 10],
    ['one byte', { start: 5, end: 5 }, 5, 6],
    ['nothing, at its end', { start: 1000 }, 1000, 1000],
    ['nothing, before its first byte', { start: 5, end: 4 }, 5, 5],
    ['chunks of one byte', { chunkSize: 1, end: 20 }, 0, 21],
    ['chunks that do not divide it', { chunkSize: 333 }, 0, 1000],
    ['chunks that divide it', { chunkSize: 250 }, 0, 1000],
    ['a chunk larger than it', { chunkSize: 1_000_000 }, 0, 1000],
  ]
  for (const [name, options, start, end] of parts) {
    it(`reads ${name}, as often as wanted`, async () => {
      const path = written()
      const content = fromFile(path, options)
      expect(content).to.include({ length: end - start, type: null, replayable: true, exact: true })
      expect(await bytesOf(content)).to.deep.equal(bytes.subarray(start, end))
      expect(await bytesOf(content)).to.deep.equal(bytes.subarray(start, end))
      expect(handlesOn(path)).to.equal(0)
    })
  }

  it('reads any part in chunks of any size', async () => {
    const path = written()
    const places = fc.tuple(
      fc.nat({ max: 999 }),
      fc.nat({ max: 999 }),
      fc.integer({ min: 1, max: 2000 }),
    )
    await fc.assert(
      fc.asyncProperty(places, async ([one, other, chunkSize]) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)]
        const read = await bytesOf(fromFile(path, { start, end, chunkSize }))
        expect(read.equals(bytes.subarray(start, end + 1))).to.equal(true)
      }),
      { numRuns: 50 },
    )
  })

  it('reads a megabyte at a time when it is told nothing', async () => {
    const path = written(noise(2_500_000))
    const chunks = (await chunksIn(opened(fromFile(path)))) as Buffer[]
    expect(chunks.map(({ length }) => length)).to.deep.equal([1_048_576, 1_048_576, 402_848])
  })

  it('reads a file without content', async () => {
    const path = written(Buffer.alloc(0))
    for (const options of [{}, { start: 0 }]) {
      const content = fromFile(path, options)
      expect(content.length).to.equal(0)
      expect(await chunksIn(opened(content))).to.deep.equal([])
    }
    expect(handlesOn(path)).to.equal(0)
  })

  it('takes a URL', async () => {
    expect(await bytesOf(fromFile(pathToFileURL(written())))).to.deep.equal(bytes)
  })

  it('follows a link', async () => {
    const path = written()
    symlinkSync(path, `${path}-link`)
    expect(await bytesOf(fromFile(`${path}-link`))).to.deep.equal(bytes)
  })

  it('is content like any other', () => {
    const content = fromFile(written())
    expect(contentOf(content)).to.equal(content)
  })

  it('hands over chunks that share no memory', async () => {
    const chunks = (await chunksIn(opened(fromFile(written(), { chunkSize: 100 })))) as Buffer[]
    expect(new Set(chunks.map(({ buffer }) => buffer)).size).to.equal(10)
  })

  it('opens the file when it is read, and reads no more than the first chunk before the second', async () => {
    const path = written()
    const reading = opened(fromFile(path, { chunkSize: 10 }))
    expect(handlesOn(path)).to.equal(0)
    const first = await reading.next()
    // What is changed now is read changed, because it was not read ahead.
    writeFileSync(path, Buffer.alloc(1000, 'x'), { flag: 'r+' })
    const second = await reading.next()
    expect(first.value).to.deep.equal(bytes.subarray(0, 10))
    expect(String(second.value)).to.equal('x'.repeat(10))
    reading.cancel()
    expect(await handlesLeftOn(path)).to.equal(0)
  })
})

describe('fromFile called wrongly', () => {
  const wrong: readonly (readonly [object, string])[] = [
    [{ start: -1 }, "'start'"],
    [{ start: 1.5 }, "'start'"],
    [{ start: '5' }, "'start'"],
    [{ start: null }, "'start'"],
    [{ start: 1001 }, "'start' is 1001, but the file has 1000 bytes"],
    [{ end: -1 }, "'end'"],
    [{ end: Number.POSITIVE_INFINITY }, "'end'"],
    [{ end: 1000 }, "'end' is 1000, but the file has 1000 bytes"],
    [{ start: 10, end: 8 }, "'end' is 8, before 'start', which is 10"],
    [{ chunkSize: 0 }, "'chunkSize'"],
    [{ chunkSize: Number.NaN }, "'chunkSize'"],
    [{ chunksize: 5 }, "'chunksize'"],
  ]
  for (const [options, message] of wrong) {
    it(`says so: ${message} in ${inspect(options)}`, () => {
      expect(() => fromFile(written(), options)).to.throw(TypeError, message)
    })
  }

  for (const options of [{ start: 1 }, { end: 0 }, { end: 10 }]) {
    it(`refuses ${inspect(options)} for a file without content`, () => {
      expect(() => fromFile(written(Buffer.alloc(0)), options)).to.throw(TypeError, '0 bytes')
    })
  }

  it('refuses a directory', () => {
    expect(() => fromFile(dirname(written()))).to.throw(TypeError, 'is not a regular file')
  })

  it('sends nothing in place of a file whose size does not tell its content', async () => {
    const read = async (): Promise<Buffer> => bytesOf(fromFile('/proc/self/status'))
    expect(await read().catch((error: Error) => error)).to.be.instanceOf(Error)
  })

  it("passes on the file system's own error", () => {
    expect(() => fromFile('/missing')).to.throw('ENOENT')
  })
})
