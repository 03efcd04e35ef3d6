import { AsyncLocalStorage } from 'node:async_hooks'
import { PassThrough, Readable } from 'node:stream'
import { expect } from 'chai'
import fc from 'fast-check'
import type { UploadContent } from '../../lib/content/upload-content.ts'
import { UploadError } from '../../lib/errors.ts'
import { joined } from '../support/cuts.ts'
import { failureOf, LoggedReader, readWith } from '../support/readers.ts'
import { Counted, nextOf, readAll, restOf, uploadContentOf } from '../support/sources.ts'
import { turns } from '../support/turns.ts'

describe('UploadContent before it is opened', () => {
  it('reads nothing', async () => {
    const input = new Counted('ab')
    const content = uploadContentOf(input)
    await turns()
    expect(input.nextCalls).to.equal(0)
    expect(content.isUnread).to.equal(true)
    await content.open()
    expect(content.isUnread).to.equal(false)
  })

  it('calls no function', async () => {
    let calls = 0
    const content = uploadContentOf(() => {
      calls++
      return 'ab'
    })
    await turns()
    expect(calls).to.equal(0)
    expect(content.isUnread).to.equal(true)
    expect(await restOf(await content.open())).to.equal('ab')
    expect(calls).to.equal(1)
  })

  it('counts as read while a function has not resolved', () => {
    const content = uploadContentOf(() => new Promise<string>(() => {}))
    void content.open()
    expect(content.isUnread).to.equal(false)
  })

  it('reports a Node stream that breaks', async () => {
    const error = new RangeError('broken')
    const failures: unknown[] = []
    const stream = new PassThrough()
    const content = uploadContentOf(stream, {}, (reason) => failures.push(reason))
    stream.destroy(error)
    await turns()
    expect(failures).to.deep.equal([error])
    expect(content.failure).to.equal(error)
  })

  for (const [moment, act] of [
    ['once it is opened', (content: UploadContent) => void content.open()],
    ['once it was cancelled', (content: UploadContent) => content.cancel()],
  ] as const) {
    it(`does not report a stream that breaks ${moment}`, async () => {
      const failures: unknown[] = []
      const destroy = (_: unknown, callback: (reason: Error) => void): void =>
        callback(new Error('broken'))
      const stream = new Readable({ read() {}, destroy })
      const content = uploadContentOf(stream, {}, (reason) => failures.push(reason))
      act(content)
      stream.destroy()
      await turns()
      expect(failures).to.deep.equal([])
    })
  }
})

describe('UploadContent with a declared length', () => {
  const sequences: readonly (readonly [string, string[], boolean, number | null, string[]])[] = [
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
  for (const [name, chunks, exact, length, wanted] of sequences) {
    it(`passes on content ${name}`, async () => {
      const reader = new LoggedReader(...chunks)
      const content = uploadContentOf(readWith(reader, exact ? length : null), { length })
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
    it(`accepts ${name} as a chunk`, async () => {
      const content = uploadContentOf(readWith(new LoggedReader(chunk)))
      expect(await readAll(await content.open())).to.deep.equal({ chunks: ['abcd'], error: null })
    })
  }

  it('counts text in bytes', async () => {
    const content = uploadContentOf(readWith(new LoggedReader('\u20ac')), { length: 3 })
    expect((await readAll(await content.open())).error).to.equal(null)
  })

  it('passes on the last chunk only when the source has ended', async () => {
    const reader = new LoggedReader('ab', 'cd')
    const source = await uploadContentOf(readWith(reader), { length: 4 }).open()
    expect(await nextOf(source)).to.equal('ab')
    expect(reader.log).to.deep.equal(['next'])
    expect(source.take(await source.read())).to.equal(undefined)
    expect(joined([source.take(await source.read()) ?? ''])).to.equal('cd')
    expect(reader.log).to.deep.equal(['next', 'next', 'next'])
    expect(source.read()).to.equal(null)
  })

  it('does not check the end of content whose length is exact', async () => {
    const reader = new LoggedReader('ab', 'cd')
    const source = await uploadContentOf(readWith(reader, 4), { length: 4 }).open()
    expect(await restOf(source)).to.equal('abcd')
    expect(reader.log).to.deep.equal(['next', 'next'])
  })

  for (const [chunks, length, got] of [
    [[], 3, 0],
    [['ab'], 3, 2],
    [['a', '', 'b'], 3, 2],
  ] as const) {
    it(`fails for ${got} bytes instead of ${length}`, async () => {
      const reader = new LoggedReader(...chunks)
      const content = uploadContentOf(readWith(reader), { length, replayWindow: 100 })
      const { error } = await readAll(await content.open())
      expect(error).to.be.instanceOf(UploadError).and.include({ code: 'ERR_EXPECT_CONTENT_SHORT' })
      expect((error as Error).message).to.contain(`ended after ${got} bytes, short of`)
      expect(content.failure).to.equal(error)
      expect(content.opensAt(0)).to.equal(false)
      content.cancel()
      expect(reader.log).not.to.include('cancel')
    })
  }

  for (const [chunks, length, pulled] of [
    [['abcd'], 3, []],
    [['ab', 'cd'], 3, ['ab']],
    [['abc', 'd'], 3, []],
    [['ab', 'c', 'd'], 3, ['ab']],
    [['a', 'b'], 1, []],
    [['a'], 0, []],
  ] as const) {
    it(`fails for ${chunks.join(' and ')} instead of ${length} bytes`, async () => {
      const reader = new LoggedReader(...chunks)
      const content = uploadContentOf(readWith(reader), { length, replayWindow: 100 })
      const { chunks: read, error } = await readAll(await content.open())
      expect(read).to.deep.equal(pulled)
      expect(error).to.include({ code: 'ERR_EXPECT_CONTENT_LONG' })
      expect(content.failure).to.equal(error)
      expect(content.opensAt(0)).to.equal(false)
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

  it('passes on the error of the source, and does not cancel it then', async () => {
    const cause = new Error('broken')
    const reader = new LoggedReader('ab', cause)
    const content = uploadContentOf(readWith(reader))
    expect(await readAll(await content.open())).to.deep.equal({ chunks: ['ab'], error: cause })
    expect(content.failure).to.equal(cause)
    content.cancel()
    expect(reader.log).to.deep.equal(['next', 'next'])
  })

  it('yields all content or less than its length, for any chunks', async () => {
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
    it(`of 0 ${code === null ? 'accepts' : 'rejects'} ${name} before anything is sent`, async () => {
      const content = uploadContentOf(new Counted(...chunks), { length: 0 })
      const error = (await failureOf(content.readEmpty())) as { code?: string } | null
      expect(error?.code ?? null).to.equal(code)
    })
  }
})

describe('the memory of content', () => {
  for (const canReuseBuffers of [true, false]) {
    it(`is ${canReuseBuffers ? '' : 'not '}released where canReuseBuffers ${canReuseBuffers ? 'is' : 'is not'} set`, async () => {
      const reader = new LoggedReader('ab')
      const source = await uploadContentOf(readWith(reader), { canReuseBuffers }).open()
      await nextOf(source)
      source.free(2)
      expect(reader.log).to.deep.equal(canReuseBuffers ? ['next', 'free 2'] : ['next'])
    })
  }

  it('is not released by an attempt that was replaced', async () => {
    const reader = new LoggedReader('ab')
    const content = uploadContentOf(readWith(reader), { canReuseBuffers: true, replayWindow: 100 })
    const first = await content.open()
    await nextOf(first)
    await content.open()
    first.free(2)
    expect(reader.log).to.deep.equal(['next'])
  })
})

describe('the context of content', () => {
  it('is that of the caller in all callbacks', async () => {
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
