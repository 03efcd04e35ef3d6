import { Readable } from 'node:stream'
import { fromFile } from '../../lib/index.ts'
import { chunksOf } from './contents.ts'
import { handlesOn, temporaryFile, temporaryStream } from './files.ts'
import { nothing, type Touches, type Watched, watchOpens } from './touches.ts'
import {
  byteStream,
  streaming,
  WatchedBlob,
  WatchedReadable,
  webStream,
} from './watched-streams.ts'

export interface WatchedKind {
  readonly name: string
  make(bytes: Buffer, touches: Touches): Watched
}

/** Every kind of content that must be called, opened, read or iterated over. */
export const watchedKinds: readonly WatchedKind[] = [
  {
    name: 'a function',
    make: (bytes, touches) => {
      const content = (): Buffer => {
        touches.note('called')
        return bytes
      }
      return { content, length: null, traces: nothing }
    },
  },
  {
    name: 'an async function',
    make: (bytes, touches) => {
      const content = async (): Promise<Blob> => {
        touches.note('called')
        return new Blob([bytes])
      }
      return { content, length: null, traces: nothing }
    },
  },
  {
    name: 'a length and a function',
    make: (bytes, touches) => {
      const open = (): Readable => {
        touches.note('opened')
        return Readable.from(chunksOf(bytes))
      }
      return { content: { length: bytes.length, open }, length: bytes.length, traces: nothing }
    },
  },
  {
    name: 'a length and an async function',
    make: (bytes, touches) => {
      const open = async (): Promise<Buffer> => {
        touches.note('opened')
        return bytes
      }
      return { content: { length: bytes.length, open }, length: bytes.length, traces: nothing }
    },
  },
  {
    name: 'fromFile',
    make: (bytes, touches) => {
      const path = temporaryFile(bytes)
      watchOpens(path, touches)
      const traces = (): string[] => (handlesOn(path) === 0 ? [] : ['open'])
      return { content: fromFile(path), length: bytes.length, traces }
    },
  },
  {
    name: 'a Node stream',
    make: (bytes, touches) => streaming(new WatchedReadable(bytes, touches), null),
  },
  {
    name: 'a paused Node stream',
    make: (bytes, touches) => {
      const stream = new WatchedReadable(bytes, touches)
      Readable.prototype.pause.call(stream)
      return streaming(stream, false)
    },
  },
  {
    name: 'a Node stream that has buffered some',
    make: (bytes, touches) => {
      // A stream below its high water mark reads by itself.
      const stream = new WatchedReadable(bytes.subarray(100), touches, 100)
      stream.push(bytes.subarray(0, 100))
      return streaming(stream, null)
    },
  },
  {
    name: 'a stream of a file',
    make: (bytes) => {
      const stream = temporaryStream(bytes)
      // Node opens the file as soon as the stream is created.
      const traces = (): string[] => [
        ...(stream.bytesRead === 0 ? [] : [`${stream.bytesRead} bytes read`]),
        ...(stream.readableFlowing === null ? [] : ['flowing']),
      ]
      return { content: stream, length: bytes.length, traces }
    },
  },
  { name: 'a web stream', make: (bytes, touches) => webStream(bytes, touches, 0) },
  {
    name: 'a web stream that has pulled once by itself',
    make: (bytes, touches) => webStream(bytes, touches, 1),
  },
  { name: 'a web stream of bytes', make: byteStream },
  {
    name: 'an async generator',
    make: (bytes, touches) => {
      const content = (async function* () {
        touches.note('begun')
        yield* chunksOf(bytes)
      })()
      return { content, length: null, traces: nothing }
    },
  },
  {
    name: 'an async iterator',
    make: (bytes, touches) => {
      const chunks = chunksOf(bytes)
      const content = {
        next: async () => {
          touches.note('next')
          const value = chunks.shift()
          return value === undefined ? { done: true, value } : { done: false, value }
        },
        [Symbol.asyncIterator]: () => content,
      }
      return { content, length: null, traces: nothing }
    },
  },
  {
    name: 'a generator',
    make: (bytes, touches) => {
      const content = (function* () {
        touches.note('begun')
        yield* chunksOf(bytes)
      })()
      return { content, length: null, traces: nothing }
    },
  },
  {
    name: 'a Blob',
    make: (bytes, touches) => ({
      content: new WatchedBlob([bytes], touches),
      length: bytes.length,
      traces: nothing,
    }),
  },
]
