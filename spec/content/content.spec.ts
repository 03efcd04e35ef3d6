import { Readable } from 'node:stream'
import { expect } from 'chai'
import fc from 'fast-check'
import { FormData as UndiciFormData } from 'undici'
import { firstSlice } from '../lib/connection/slice-size.ts'
import { contentOf, makeContent, wholeLength } from '../lib/content/content.ts'
import {
  bytes,
  halves,
  oneShotInputs,
  replayableInputs,
  text,
  viewInputs,
} from './support/inputs.ts'
import { bytesOf, chunksIn, opened } from './support/readings.ts'

describe('contentOf', () => {
  for (const { name, make, ...wanted } of replayableInputs) {
    it(`knows ${name}, and opens it as often as wanted`, async () => {
      const content = contentOf(await make())
      const { length, type, replayable, exact } = content
      expect({ length, type }).to.deep.equal({ length: wanted.length, type: wanted.type })
      expect({ replayable, exact }).to.deep.equal({ replayable: true, exact: true })
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
    })
  }

  for (const { name, make, ...wanted } of oneShotInputs) {
    it(`knows ${name}, which can be read once`, async () => {
      const content = contentOf(make())
      const { length, type, replayable, exact } = content
      expect({ length, type }).to.deep.equal({ length: null, type: null })
      expect({ replayable, exact }).to.deep.equal({ replayable: false, exact: false })
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
    })
  }

  it('knows an array, which can be read again, and no length of it', async () => {
    const content = contentOf(halves)
    expect(content).to.include({ length: null, type: null, replayable: true, exact: false })
    expect(await bytesOf(content)).to.deep.equal(bytes)
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  for (const { name, make, ...wanted } of [...replayableInputs, ...oneShotInputs]) {
    it(`knows a factory of ${name}, and opens it as often as wanted`, async () => {
      const inputs = [await make(), await make(), await make()]
      const content = contentOf(() => inputs.shift())
      const { length, type, replayable, exact } = content
      expect({ length, type }).to.deep.equal({ length: wanted.length, type: wanted.type })
      expect({ replayable, exact }).to.deep.equal({ replayable: true, exact: false })
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
    })
  }

  for (const { name, make } of viewInputs) {
    it(`reads ${name} without a copy`, async () => {
      const input = make()
      const [chunk] = await chunksIn(opened(contentOf(input)))
      expect((chunk as Uint8Array).buffer).to.equal(input.buffer)
      expect((chunk as Uint8Array).byteOffset).to.equal(input.byteOffset)
    })
  }

  for (const memory of [
    new ArrayBuffer(3 * firstSlice + 5),
    new SharedArrayBuffer(firstSlice * 2),
  ]) {
    it(`reads a large ${memory.constructor.name} in slices without a copy`, async () => {
      const chunks = (await chunksIn(opened(contentOf(memory)))) as Uint8Array[]
      expect(chunks).to.have.length.above(1)
      expect(chunks.reduce((sum, { length }) => sum + length, 0)).to.equal(memory.byteLength)
      expect(chunks.every(({ buffer }) => buffer === memory)).to.equal(true)
    })
  }

  it('keeps strings of any kind whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (string) => {
        const content = contentOf(string)
        const read = await bytesOf(content)
        expect(read).to.deep.equal(Buffer.from(string))
        expect(content.length).to.equal(read.length)
      }),
    )
  })

  it('hands over content that was made for the purpose as it is', () => {
    const made = makeContent(contentOf(text))
    expect(contentOf(made)).to.equal(made)
    expect(made).to.satisfy(Object.isFrozen)
  })

  for (const Form of [FormData, UndiciFormData]) {
    it(`makes a form of ${Form === FormData ? "the platform's" : "undici's"} FormData`, async () => {
      const form = new Form()
      form.append('t\u00e4xt', 'a "quoted" v\u00e4lue')
      form.append('text', '')
      form.append('file', new File(['\r\n--\u0000\u00ff'], 'a "b".bin', { type: 'video/h264' }))
      form.append('blob', new Blob([''], { type: 'text/plain' }))
      const content = contentOf(form)
      const read = await bytesOf(content)
      const headers = { 'content-type': String(content.type) }
      const parsed = await new Response(new Uint8Array(read), { headers }).formData()
      const entries = await Promise.all([...parsed].map(described))
      expect(entries).to.deep.equal(await Promise.all([...form].map(described)))
      expect(content.length).to.equal(read.length)
      expect(content).to.include({ replayable: true, exact: true })
      expect(await bytesOf(content)).to.deep.equal(read)
    })
  }

  it('is in doubt about the length of a form with a part that has none', async () => {
    const part = new File([], 'a.bin')
    Object.defineProperties(part, {
      size: { value: undefined },
      stream: { value: () => new Blob([text]).stream() },
    })
    const form = new FormData()
    const withPart = Object.defineProperties(form, {
      entries: { value: () => [['file', part]].values() },
    })
    const content = contentOf(withPart)
    expect(content).to.include({ length: null, replayable: true, exact: false })
    expect((await bytesOf(content)).toString()).to.contain(`\r\n\r\n${text}\r\n`)
  })

  it('keeps a form as it was when it was passed', async () => {
    const form = new FormData()
    form.append('a', '1')
    const content = contentOf(form)
    form.append('b', '2')
    const read = await bytesOf(content)
    expect(read).to.have.length(content.length ?? 0)
    expect(read.toString()).not.to.contain('"b"')
  })
})

/** An entry of a form as plain data. */
async function described([name, value]: [string, unknown]): Promise<unknown[]> {
  if (typeof value === 'string') return [name, value]
  const file = value as File
  return [name, file.name, file.type, await file.text()]
}

describe('contentOf a factory', () => {
  it('calls it once for what is known, and again for each replay', () => {
    let calls = 0
    const content = contentOf(() => {
      calls++
      return Readable.from([text])
    })
    opened(content)
    expect(calls).to.equal(1)
    opened(content)
    opened(content)
    expect(calls).to.equal(3)
  })

  it('calls it once when what it made can be opened again', () => {
    let calls = 0
    const content = contentOf(() => {
      calls++
      return text
    })
    opened(content)
    opened(content)
    expect(calls).to.equal(1)
  })

  it('takes a generator function for one', async () => {
    const content = contentOf(async function* () {
      yield text
    })
    expect(await bytesOf(content)).to.deep.equal(bytes)
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  it('passes on what it throws', () => {
    const error = new Error('not today')
    const factory = (): never => {
      throw error
    }
    expect(() => contentOf(factory)).to.throw(error)
  })

  for (const name of [
    'a generator',
    'an async generator',
    'a Node stream of bytes',
    'a web stream',
  ]) {
    it(`refuses to open ${name} again that it made before`, async () => {
      const same = oneShotInputs.find((input) => input.name === name)?.make()
      const content = contentOf(() => same)
      await bytesOf(content)
      expect(() => opened(content)).to.throw(TypeError, 'a function that makes one')
    })
  }
})

describe('wholeLength', () => {
  for (const { name, make, length } of replayableInputs) {
    const blobs = name.includes('Blob') || name.includes('File')
    const told = !blobs && !['URLSearchParams', 'a SharedArrayBuffer'].includes(name)
    it(`tells ${told ? length : null} for ${name}`, async () => {
      expect(wholeLength(await make())).to.equal(told ? length : null)
    })
  }

  for (const input of [
    ...oneShotInputs.map(({ make }) => make()),
    () => text,
    null,
    undefined,
    5,
  ]) {
    it(`tells null for ${Object.prototype.toString.call(input)}`, () => {
      expect(wholeLength(input)).to.equal(null)
    })
  }
})
