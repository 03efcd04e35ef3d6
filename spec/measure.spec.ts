import { expect } from 'chai'
import fc from 'fast-check'
import { MeasuredReading } from '../lib/content/measure.ts'
import { UploadError } from '../lib/errors.ts'
import { joined } from './support/cuts.ts'
import { Logged } from './support/readings.ts'

/** The next chunk, however a reading comes to it or fails. */
async function nextOf(measured: MeasuredReading): Promise<Uint8Array | null> {
  return measured.next()
}

/** Reads until the end or a failure. */
async function readAll(measured: MeasuredReading): Promise<{ chunks: string[]; error: unknown }> {
  const chunks: string[] = []
  for (;;) {
    const chunk = await nextOf(measured).catch((error: unknown) => ({ error }))
    if (chunk === null) return { chunks, error: null }
    if (!(chunk instanceof Uint8Array)) return { chunks, ...chunk }
    chunks.push(joined([chunk]))
  }
}

async function failureOf(promise: Promise<unknown>): Promise<UploadError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).to.be.instanceOf(UploadError)
  return error as UploadError
}

describe('MeasuredReading', () => {
  const whole: readonly (readonly [string, string[], boolean, number | null, string[]])[] = [
    ['of unknown length', ['ab', 'c'], false, null, ['ab', 'c']],
    ['of unknown length, with nothing in it', [], false, null, []],
    ['of unknown length, with empty chunks', ['', 'ab', '', '', 'c', ''], false, null, ['ab', 'c']],
    ['of no length', [], false, 0, []],
    ['of no length, with empty chunks', ['', ''], false, 0, []],
    ['in one chunk', ['abc'], false, 3, ['ab', 'c']],
    ['in one chunk of one byte', ['a'], false, 1, ['a']],
    ['in several chunks', ['ab', 'c', 'def'], false, 6, ['ab', 'c', 'def']],
    ['that ends with empty chunks', ['ab', 'c', '', ''], false, 3, ['ab', 'c']],
    ['that begins with empty chunks', ['', '', 'abc'], false, 3, ['ab', 'c']],
    ['whose length is beyond doubt', ['abc'], true, 3, ['abc']],
    ['in chunks, whose length is beyond doubt', ['ab', 'c'], true, 3, ['ab', 'c']],
  ]
  for (const [name, chunks, exact, length, wanted] of whole) {
    it(`hands over content ${name}`, async () => {
      const reading = new Logged(...chunks)
      const measured = new MeasuredReading(reading, exact, length)
      expect(await readAll(measured)).to.deep.equal({ chunks: wanted, error: null })
      measured.cancel()
      expect(reading.log).not.to.include('cancel')
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
    it(`takes ${name} for a chunk`, async () => {
      const measured = new MeasuredReading(new Logged(chunk), false, null)
      expect((await readAll(measured)).chunks).to.deep.equal(['abcd'])
    })
  }

  it('counts text in bytes', async () => {
    const measured = new MeasuredReading(new Logged('\u20ac'), false, 3)
    expect((await readAll(measured)).error).to.equal(null)
  })

  it('reads no further than the first chunk to hand over the first', async () => {
    const reading = new Logged('abc')
    const first = await new MeasuredReading(reading, false, 3).next()
    expect(joined([first ?? ''])).to.equal('ab')
    expect(reading.log).to.deep.equal(['next'])
  })

  it('hands over the last byte only when the end is known', async () => {
    const reading = new Logged('ab', 'cd')
    const measured = new MeasuredReading(reading, false, 4)
    await nextOf(measured)
    expect(reading.log).to.deep.equal(['next'])
    await nextOf(measured)
    expect(reading.log).to.deep.equal(['next', 'next', 'next'])
  })

  it('does not look for the end of content whose length is beyond doubt', async () => {
    const reading = new Logged('ab', 'cd')
    const measured = new MeasuredReading(reading, true, 4)
    await nextOf(measured)
    await nextOf(measured)
    expect(reading.log).to.deep.equal(['next', 'next'])
  })

  for (const [chunks, length, got] of [
    [[], 3, 0],
    [['ab'], 3, 2],
    [['a', '', 'b'], 3, 2],
  ] as const) {
    it(`fails when ${got} bytes came in place of ${length}`, async () => {
      const reading = new Logged(...chunks)
      const measured = new MeasuredReading(reading, false, length)
      const { error } = await readAll(measured)
      expect(error).to.include({ code: 'ERR_EXPECT_CONTENT_SHORT' })
      expect((error as Error).message).to.contain(`ended after ${got} bytes, short of`)
      expect(reading.log).not.to.include('cancel')
    })
  }

  for (const [chunks, length, handed] of [
    [['abcd'], 3, []],
    [['ab', 'cd'], 3, ['ab']],
    [['abc', 'd'], 3, ['ab']],
    [['ab', 'c', 'd'], 3, ['ab']],
    [['a', 'b'], 1, []],
    [['a'], 0, []],
  ] as const) {
    it(`fails when ${chunks.join(' and ')} came in place of ${length} bytes`, async () => {
      const reading = new Logged(...chunks)
      const measured = new MeasuredReading(reading, false, length)
      const { chunks: read, error } = await readAll(measured)
      expect(read).to.deep.equal(handed)
      expect(error).to.include({ code: 'ERR_EXPECT_CONTENT_LONG' })
      measured.cancel()
      expect(reading.log.filter((line) => line.startsWith('cancel'))).to.deep.equal([
        'cancel: UploadError',
      ])
    })
  }

  it('keeps the last byte for itself for good when the source went on', async () => {
    const measured = new MeasuredReading(new Logged('abc', 'd'), false, 3)
    await nextOf(measured)
    await failureOf(nextOf(measured))
    expect(await nextOf(measured).catch(() => null)).to.equal(null)
  })

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
      const reading = new Logged('ab', chunk)
      const measured = new MeasuredReading(reading, false, null)
      await nextOf(measured)
      const error = await failureOf(nextOf(measured))
      expect(error.code).to.equal('ERR_EXPECT_CONTENT_TYPE')
      expect(error.message).to.contain(`yielded ${name},`)
      measured.cancel()
      expect(reading.log).to.deep.equal(['next', 'next', 'cancel: UploadError'])
    })
  }

  it('passes on what the source failed with, and does not cancel what is over', async () => {
    const cause = new Error('broken')
    const reading = new Logged('ab', cause)
    const measured = new MeasuredReading(reading, false, null)
    expect(await readAll(measured)).to.deep.equal({ chunks: ['ab'], error: cause })
    measured.cancel()
    expect(reading.log).to.deep.equal(['next', 'next'])
  })

  it('cancels once, and reads no more', async () => {
    const reading = new Logged('ab', 'cd')
    const measured = new MeasuredReading(reading, false, null)
    measured.cancel(new RangeError('enough'))
    measured.cancel()
    expect(await nextOf(measured)).to.equal(null)
    expect(reading.log).to.deep.equal(['cancel: RangeError'])
  })

  it('hands over all of the content or less than its length, whatever comes', async () => {
    const anyChunks = fc.array(fc.string({ maxLength: 3, unit: 'grapheme-ascii' }))
    await fc.assert(
      fc.asyncProperty(anyChunks, fc.nat({ max: 12 }), async (chunks, length) => {
        const all = chunks.join('')
        const measured = new MeasuredReading(new Logged(...chunks), false, length)
        const { chunks: read, error } = await readAll(measured)
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
})
