import { openAsBlob, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import type { ContentInput, OneShotInput } from '../../lib/content/content.ts'
import { temporaryFile } from './files.ts'

/** The text of most inputs, and its bytes. */
export const text = 'h\u00e9llo, \u20acorld!'
export const bytes: Buffer = Buffer.from(text)

/** An input, made anew at each call, and what is known about it. */
export interface Input {
  readonly name: string
  make(): ContentInput | Promise<ContentInput>
  readonly length: number | null
  readonly type: string | null
  readonly content: Buffer
}

const [size, offset] = [16, 8]
const memory = new Uint8Array(Array.from({ length: 32 }, (_, index) => index * 7)).buffer
const shared = new SharedArrayBuffer(size)
new Uint8Array(shared).set(new Uint8Array(memory, offset, size))

type ViewClass = new (memory: ArrayBuffer, offset: number, length: number) => ArrayBufferView

const views: readonly (readonly [ViewClass, number])[] = [
  [DataView, 1],
  [Int8Array, 1],
  [Uint8Array, 1],
  [Uint8ClampedArray, 1],
  [Int16Array, 2],
  [Uint16Array, 2],
  [Int32Array, 4],
  [Uint32Array, 4],
  [Float32Array, 4],
  [Float64Array, 8],
  [BigInt64Array, 8],
  [BigUint64Array, 8],
]

interface ViewInput extends Input {
  make(): ArrayBufferView
}

/** Views of a part of a larger ArrayBuffer. */
export const viewInputs: readonly ViewInput[] = views.map(([ViewClass, elementSize]) => ({
  name: `a ${ViewClass.name}`,
  make: () => new ViewClass(memory, offset, size / elementSize),
  length: size,
  type: null,
  content: Buffer.from(memory, offset, size),
}))

const text8 = 'text/plain;charset=UTF-8'
const plain = { type: null, content: bytes }

export const replayableInputs: readonly Input[] = [
  { name: 'a string', make: () => text, length: bytes.length, type: text8, content: bytes },
  { name: 'an empty string', make: () => '', length: 0, type: text8, content: Buffer.alloc(0) },
  { name: 'a Buffer', make: () => bytes, length: bytes.length, ...plain },
  ...viewInputs,
  {
    name: 'an ArrayBuffer',
    make: () => memory.slice(0),
    length: 32,
    type: null,
    content: Buffer.from(memory),
  },
  {
    name: 'a SharedArrayBuffer',
    make: () => shared,
    length: size,
    type: null,
    content: Buffer.from(shared),
  },
  {
    name: 'a value as JSON',
    make: () => ({ json: { title: 'naïve' } }),
    length: 18,
    type: 'application/json',
    content: Buffer.from('{"title":"naïve"}'),
  },
  { name: 'a Blob', make: () => new Blob([text]), length: bytes.length, ...plain },
  {
    name: 'a Blob with a type',
    make: () => new Blob([text], { type: 'video/h264' }),
    length: bytes.length,
    type: 'video/h264',
    content: bytes,
  },
  {
    name: 'a slice of a Blob',
    make: () => new Blob(['<<', bytes, '>>']).slice(2, -2),
    length: bytes.length,
    ...plain,
  },
  {
    name: 'a File',
    make: () => new File([text], 'a.txt', { type: 'text/plain' }),
    length: bytes.length,
    type: 'text/plain',
    content: bytes,
  },
  {
    name: 'a file as a Blob',
    make: () => {
      const path = temporaryFile()
      writeFileSync(path, bytes)
      return openAsBlob(path)
    },
    length: bytes.length,
    ...plain,
  },
  {
    name: 'URLSearchParams',
    make: () => new URLSearchParams({ a: '1 2', '\u00fc': '&' }),
    length: 16,
    type: 'application/x-www-form-urlencoded;charset=UTF-8',
    content: Buffer.from('a=1+2&%C3%BC=%26'),
  },
]

/** The same bytes in two chunks. */
export const halves: readonly Buffer[] = [bytes.subarray(0, 2), bytes.subarray(2)]
const unknown = { length: null, ...plain }

interface OneShot extends Input {
  make(): OneShotInput
}

/** Content that can be read once, or that may not be readable twice. */
export const oneShotInputs: readonly OneShot[] = [
  { name: 'a Node stream of bytes', make: () => Readable.from(halves), ...unknown },
  { name: 'a Node stream of text', make: () => Readable.from([...text]), ...unknown },
  {
    name: 'a web stream',
    make: () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const half of halves) controller.enqueue(half)
          controller.close()
        },
      }),
    ...unknown,
  },
  {
    name: 'a web stream of bytes',
    make: () => new Blob([text]).stream() as ReadableStream,
    ...unknown,
  },
  { name: 'a Set', make: () => new Set(halves), ...unknown },
  {
    name: 'a generator',
    make: (): Iterable<string | Uint8Array> =>
      (function* () {
        yield* [...text]
      })(),
    ...unknown,
  },
  {
    name: 'an async generator',
    make: (): AsyncIterable<string | Uint8Array> =>
      (async function* () {
        yield* halves
      })(),
    ...unknown,
  },
  {
    name: 'an object that can be iterated over asynchronously',
    make: () => ({
      async *[Symbol.asyncIterator]() {
        yield* halves
      },
    }),
    ...unknown,
  },
]
