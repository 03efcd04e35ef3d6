import { symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Content } from '../../lib/content/content.ts'
import { type FileOptions, fromFile } from '../../lib/content/file.ts'
import { contentOf } from '../../lib/content/kinds.ts'
import { noise } from '../support/contents.ts'
import { handlesLeftOn, handlesOn, temporaryFile } from '../support/files.ts'
import { bytesOf, chunksIn, failureOf } from '../support/readers.ts'

const bytes = noise(1000)

/** The file as content, after the lookup of its size. */
async function lookedUp(path: string | URL, options?: FileOptions): Promise<Content> {
  const content = fromFile(path, options)
  return (await content.lookUp?.()) ?? content
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
    it(`reads ${name} repeatedly`, async () => {
      const path = temporaryFile(bytes)
      const content = await lookedUp(path, options)
      expect(content).to.include({
        length: end - start,
        type: null,
        replayable: true,
        callsOut: false,
      })
      expect(await bytesOf(content)).to.deep.equal(bytes.subarray(start, end))
      expect(await bytesOf(content)).to.deep.equal(bytes.subarray(start, end))
      expect(await handlesLeftOn(path)).to.equal(0)
    })
  }

  it('has no size, and does not access the file, before the lookup', () => {
    expect(fromFile('/missing')).to.include({ length: null, type: null, replayable: true })
  })

  it('reads any part in chunks of any size', async () => {
    const path = temporaryFile(bytes)
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

  it('reads 512 KiB at a time from a file of less than 4 MiB', async () => {
    const path = temporaryFile(noise(1_500_000))
    const chunks = (await chunksIn(await (await lookedUp(path)).open())) as Buffer[]
    expect(chunks.map(({ length }) => length)).to.deep.equal([524_288, 524_288, 451_424])
  })

  it('reads 1 MiB at a time by default', async () => {
    const path = temporaryFile(noise(5_000_000))
    const chunks = (await chunksIn(await (await lookedUp(path)).open())) as Buffer[]
    const sizes = chunks.map(({ length }) => length)
    expect(sizes).to.deep.equal([1_048_576, 1_048_576, 1_048_576, 1_048_576, 805_696])
  })

  it('reads a file without content', async () => {
    const path = temporaryFile(Buffer.alloc(0))
    for (const options of [{}, { start: 0 }]) {
      const content = await lookedUp(path, options)
      expect(content.length).to.equal(0)
      expect(await chunksIn(await content.open())).to.deep.equal([])
    }
    expect(await handlesLeftOn(path)).to.equal(0)
  })

  it('accepts a URL', async () => {
    expect(await bytesOf(fromFile(pathToFileURL(temporaryFile(bytes))))).to.deep.equal(bytes)
  })

  it('follows a link', async () => {
    const path = temporaryFile(bytes)
    symlinkSync(path, `${path}-link`)
    expect(await bytesOf(fromFile(`${path}-link`))).to.deep.equal(bytes)
  })

  it('is accepted by contentOf', () => {
    const content = fromFile(temporaryFile(bytes))
    expect(contentOf(content)).to.equal(content)
  })

  it('yields chunks that do not share memory', async () => {
    const content = await lookedUp(temporaryFile(bytes), { chunkSize: 100 })
    const chunks = (await chunksIn(await content.open())) as Buffer[]
    expect(new Set(chunks.map(({ buffer }) => buffer)).size).to.equal(10)
  })

  it('opens the file when it is read', async () => {
    const path = temporaryFile(bytes)
    const reader = await (await lookedUp(path, { chunkSize: 10 })).open()
    expect(handlesOn(path)).to.equal(0)
    const first = await reader.next()
    expect(first.value).to.deep.equal(bytes.subarray(0, 10))
    expect(handlesOn(path)).to.equal(1)
    reader.cancel()
    expect(await handlesLeftOn(path)).to.equal(0)
  })

  it('reads one chunk ahead', async () => {
    const path = temporaryFile(bytes)
    const reader = await (await lookedUp(path, { chunkSize: 10 })).open()
    await reader.next()
    await reader.next()
    writeFileSync(path, Buffer.alloc(1000, 'x'), { flag: 'r+' })
    await reader.next()
    // Nothing beyond the chunk that was being read was read.
    expect(String((await reader.next()).value)).to.equal('x'.repeat(10))
    reader.cancel()
  })
})

describe('fromFile with wrong arguments', () => {
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
    it(`throws: ${message} in ${inspect(options)}`, async () => {
      const make = async (): Promise<unknown> => lookedUp(temporaryFile(bytes), options)
      const failure = await failureOf(make())
      expect(failure).to.be.instanceOf(TypeError)
      expect((failure as Error).message).to.contain(message)
    })
  }

  for (const options of [{ start: -1 }, { end: 1.5 }, { chunkSize: 0 }, { chunksize: 5 }]) {
    it(`throws at once, for any file: ${inspect(options)}`, () => {
      expect(() => fromFile('/missing', options)).to.throw(TypeError)
    })
  }

  for (const options of [{ start: 1 }, { end: 0 }, { end: 10 }]) {
    it(`rejects ${inspect(options)} for a file without content`, async () => {
      const failure = await failureOf(lookedUp(temporaryFile(Buffer.alloc(0)), options))
      expect(failure).to.be.instanceOf(TypeError)
      expect((failure as Error).message).to.contain('0 bytes')
    })
  }

  for (const [what, path, message] of [
    ['a directory', tmpdir(), 'is not a regular file'],
    ['a file in /proc', '/proc/self/status', 'does not tell'],
    ['a file that is not there', '/missing', 'ENOENT'],
  ] as const) {
    it(`rejects ${what}, with or without a lookup`, async () => {
      const content = fromFile(path)
      for (const failure of [
        await failureOf(lookedUp(path)),
        await failureOf((async () => content.open())()),
      ]) {
        expect((failure as Error).message).to.contain(message)
      }
    })
  }
})
