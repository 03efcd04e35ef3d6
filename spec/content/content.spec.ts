import { Readable } from 'node:stream'
import { expect } from 'chai'
import fc from 'fast-check'
import { FormData as UndiciFormData } from 'undici'
import { makeContent } from '../../lib/content/content.ts'
import { contentOf } from '../../lib/content/kinds.ts'
import {
  bytes,
  halves,
  oneShotInputs,
  replayableInputs,
  text,
  viewInputs,
} from '../support/inputs.ts'
import { bytesOf, chunksIn, failureOf } from '../support/readers.ts'

describe('contentOf', () => {
  for (const { name, make, ...wanted } of replayableInputs) {
    it(`recognises ${name}, and opens it repeatedly`, async () => {
      const content = contentOf(await make())
      const { length, type, replayable, callsOut } = content
      expect({ length, type }).to.deep.equal({ length: wanted.length, type: wanted.type })
      expect({ replayable, callsOut }).to.deep.equal({ replayable: true, callsOut: false })
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
    })
  }

  for (const { name, make, ...wanted } of oneShotInputs) {
    it(`recognises ${name}, which can be read once`, async () => {
      const content = contentOf(make())
      const { length, type, replayable, callsOut } = content
      expect({ length, type }).to.deep.equal({ length: null, type: null })
      expect({ replayable, callsOut }).to.deep.equal({ replayable: false, callsOut: true })
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
    })
  }

  it('recognises an array, which can be read again, without a length', async () => {
    const content = contentOf(halves)
    expect(content).to.include({ length: null, type: null, replayable: true, callsOut: true })
    expect(await bytesOf(content)).to.deep.equal(bytes)
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  for (const { name, make, ...wanted } of [...replayableInputs, ...oneShotInputs]) {
    it(`takes ${name} from a function without a length, and opens it repeatedly`, async () => {
      const inputs = [await make(), await make(), await make()]
      const content = contentOf(() => inputs.shift())
      const { length, type, replayable, callsOut } = content
      expect({ length, type }).to.deep.equal({ length: null, type: null })
      expect({ replayable, callsOut }).to.deep.equal({ replayable: true, callsOut: true })
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
      expect(await bytesOf(content)).to.deep.equal(wanted.content)
      expect(inputs).to.have.length(1)
    })
  }

  for (const { name, make } of viewInputs) {
    it(`reads ${name} without a copy`, async () => {
      const input = make()
      const [chunk] = await chunksIn(await contentOf(input).open())
      expect((chunk as Uint8Array).buffer).to.equal(input.buffer)
      expect((chunk as Uint8Array).byteOffset).to.equal(input.byteOffset)
    })
  }

  it('encodes any string without loss', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (string) => {
        const content = contentOf(string)
        const read = await bytesOf(content)
        expect(read).to.deep.equal(Buffer.from(string))
        expect(content.length).to.equal(read.length)
      }),
    )
  })

  it('returns content of makeContent unchanged', () => {
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
      expect(content).to.include({ replayable: true, callsOut: false })
      expect(await bytesOf(content)).to.deep.equal(read)
    })
  }

  it('has no exact length for a form with a part without a size', async () => {
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
    expect(content).to.include({ length: null, replayable: true })
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

describe('contentOf a function', () => {
  it('calls it only when it is opened, and each time', async () => {
    let calls = 0
    const content = contentOf(() => {
      calls++
      return text
    })
    expect(calls).to.equal(0)
    for (const wanted of [1, 2, 3]) {
      expect(await bytesOf(content)).to.deep.equal(bytes)
      expect(calls).to.equal(wanted)
    }
  })

  it('calls it in the turn in which it is opened', () => {
    let calls = 0
    void contentOf(() => {
      calls++
      return text
    }).open()
    expect(calls).to.equal(1)
  })

  it('waits for a promise that it returns', async () => {
    const content = contentOf(async () => Readable.from([text]))
    expect(await bytesOf(content)).to.deep.equal(bytes)
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  it('accepts a generator function', async () => {
    const content = contentOf(async function* () {
      yield text
    })
    expect(await bytesOf(content)).to.deep.equal(bytes)
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  it('uses the length next to it', async () => {
    const content = contentOf({ length: bytes.length, open: async () => text })
    expect(content).to.include({
      length: bytes.length,
      type: null,
      replayable: true,
      callsOut: true,
    })
    expect(await bytesOf(content)).to.deep.equal(bytes)
    expect(await bytesOf(content)).to.deep.equal(bytes)
  })

  for (const length of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3', null, undefined]) {
    it(`rejects a length of ${length} next to it`, () => {
      const input = { length, open: () => text } as { length: number; open(): string }
      expect(() => contentOf(input)).to.throw(TypeError, `not ${length}`)
    })
  }

  const error = new Error('not today')
  for (const [how, make] of [
    [
      'throws',
      () => {
        throw error
      },
    ],
    ['rejects with', () => Promise.reject(error)],
  ] as const) {
    it(`passes on the error when it ${how}`, async () => {
      expect(await failureOf(bytesOf(contentOf(make)))).to.equal(error)
    })
  }

  for (const found of [undefined, null, 5, {}, () => text]) {
    it(`rejects ${typeof found} ${found} from it when it is opened`, async () => {
      expect(await failureOf(bytesOf(contentOf(() => found)))).to.be.instanceOf(TypeError)
    })
  }

  for (const name of [
    'a generator',
    'an async generator',
    'a Node stream of bytes',
    'a web stream',
  ]) {
    it(`rejects ${name} that it returned before`, async () => {
      const same = oneShotInputs.find((input) => input.name === name)?.make()
      const content = contentOf(() => same)
      await bytesOf(content)
      const failure = await failureOf(bytesOf(content))
      expect(failure).to.be.instanceOf(TypeError)
      expect((failure as Error).message).to.contain('a function that returns a new one')
    })
  }
})
