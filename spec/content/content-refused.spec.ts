import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { expect } from 'chai'
import { contentOf } from '../../lib/content/kinds.ts'
import { text } from '../support/inputs.ts'
import { failureOf } from '../support/readers.ts'

async function usedWebStream(): Promise<ReadableStream> {
  const { body } = new Response(text)
  for await (const _ of body as ReadableStream);
  return body as ReadableStream
}

describe('contentOf an unsupported value', () => {
  const unusable: readonly (readonly [unknown, string])[] = [
    [undefined, 'undefined'],
    [null, '[object Null]'],
    [5, 'number'],
    [5n, 'bigint'],
    [true, 'boolean'],
    [Symbol('s'), 'symbol'],
    [{}, '[object Object]'],
    [Object.create(null), '[object Object]'],
    [new Date(), '[object Date]'],
    [Promise.resolve(text), '[object Promise]'],
    [new Response(text), '[object Response]'],
    [new Request('http://uploads.example'), '[object Request]'],
    [new Writable(), '[object Object]'],
    [new WeakMap(), '[object WeakMap]'],
  ]
  for (const [input, name] of unusable) {
    it(`names ${name}`, () => {
      expect(() => contentOf(input)).to.throw(TypeError, `, not ${name}`)
    })

    // A promise from a function is awaited.
    if (input instanceof Promise) continue
    it(`names ${name} from a function when it is opened`, async () => {
      const opening = async (): Promise<unknown> => contentOf(() => input).open()
      const failure = await failureOf(opening())
      expect(failure).to.be.instanceOf(TypeError)
      expect((failure as Error).message).to.contain(`, not ${name}`)
    })
  }

  for (const value of [undefined, Symbol('s')]) {
    it(`names a ${typeof value}, which JSON cannot contain`, () => {
      const message = `Content 'json' must be a value that JSON has, not ${typeof value}`
      expect(() => contentOf({ json: value })).to.throw(TypeError, message)
    })
  }

  const usedUp: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['a Node stream that was destroyed', async () => Readable.from([text]).destroy()],
    [
      'a Node stream that has failed',
      async () => {
        const stream = new PassThrough()
        stream.destroy(new Error('broken'))
        await once(stream, 'error').catch(() => {})
        return stream
      },
    ],
    [
      'a Node stream that was read to its end',
      async () => {
        const stream = new Readable({ autoDestroy: false, read() {} })
        stream.push(null)
        stream.resume()
        await once(stream, 'end')
        return stream
      },
    ],
    [
      'a web stream that something else reads',
      async () => {
        const stream = new Blob([text]).stream()
        stream.getReader()
        return stream
      },
    ],
    ['a web stream that was read to its end', usedWebStream],
    [
      'a web stream that was read in part',
      async () => {
        const stream = new Blob([text]).stream()
        const reader = stream.getReader()
        await reader.read()
        reader.releaseLock()
        return stream
      },
    ],
    [
      'a web stream that was cancelled',
      async () => {
        const stream = new Blob([text]).stream()
        await stream.cancel()
        return stream
      },
    ],
  ]
  for (const [name, make] of usedUp) {
    it(`refuses ${name}`, async () => {
      const input = await make()
      expect(() => contentOf(input)).to.throw(TypeError, 'pass an unread stream')
    })
  }
})
