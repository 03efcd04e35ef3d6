import fs, { createReadStream, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Readable } from 'node:stream'
import { type ReadableByteStreamController, ReadableStream } from 'node:stream/web'
import { fromFile } from '../../lib/index.ts'
import { closeLater } from './closing.ts'
import { chunksOf } from './contents.ts'
import { handlesOn, temporaryFile } from './files.ts'

/** Writes down what is done to a source, and fails what comes before it may. */
export class Touches {
  readonly #early: string[] = []
  readonly #all: string[] = []
  #allowed = false

  /** From now on the source may be begun. */
  allow(): void {
    this.#allowed = true
  }

  /** What was done before it was allowed. */
  get early(): readonly string[] {
    return this.#early
  }

  /** What was done at all. */
  get all(): readonly string[] {
    return this.#all
  }

  /** Notes that something was done. An early touch throws, so that no spec has to wait for it. */
  note(what: string): void {
    this.#all.push(what)
    if (this.#allowed) return
    this.#early.push(what)
    throw new Error(`The source was touched before the go-ahead: ${what}`)
  }
}

/** Content that is watched. */
export interface Watched {
  readonly content: unknown
  /** Bytes, where the content says how many it has. */
  readonly length: number | null
  /** What can be seen from outside, beyond the touches: empty while nobody began. */
  traces(): string[]
}

/** A kind of content that is watched. */
export interface WatchedKind {
  readonly name: string
  make(bytes: Buffer, touches: Touches): Watched
}

const nothing = (): string[] => []

/** Every kind of content that has to be called, opened, read or iterated over. */
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
      const path = written(bytes)
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
      // A stream that is not full reads on by itself.
      const stream = new WatchedReadable(bytes.subarray(100), touches, 100)
      stream.push(bytes.subarray(0, 100))
      return streaming(stream, null)
    },
  },
  {
    name: 'a stream of a file',
    make: (bytes) => {
      const stream = createReadStream(written(bytes))
      // Node opens the file when it makes the stream.
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

/** A file with these bytes. */
function written(bytes: Buffer): string {
  const path = temporaryFile()
  writeFileSync(path, bytes)
  return path
}

/** Notes whenever this file is opened, by whichever function of node:fs. */
function watchOpens(path: string, touches: Touches): void {
  const { open, openSync, readFile, readFileSync } = fs
  const promised = fs.promises.open
  const note = (opened: unknown): void => {
    if (String(opened) === path) touches.note('opened')
  }
  const watching =
    <Args extends unknown[], Result>(original: (...args: Args) => Result) =>
    (...args: Args): Result => {
      note(args[0])
      return original(...args)
    }
  const seen = { open, openSync, readFile, readFileSync }
  for (const [name, original] of Object.entries(seen)) {
    Object.assign(fs, { [name]: watching(original as (...args: unknown[]) => unknown) })
  }
  fs.promises.open = watching(promised)
  syncBuiltinESMExports()
  closeLater(() => {
    Object.assign(fs, seen)
    fs.promises.open = promised
    syncBuiltinESMExports()
  })
}

/** A Node stream that notes whoever reads from it or lets it flow. */
class WatchedReadable extends Readable {
  readonly #touches: Touches
  readonly #chunks: Buffer[]

  constructor(bytes: Buffer, touches: Touches, highWaterMark = 65_536) {
    super({ highWaterMark })
    this.#touches = touches
    this.#chunks = chunksOf(bytes)
  }

  override _read(): void {
    this.#touches.note('_read')
    this.push(this.#chunks.shift() ?? null)
  }

  override read(size?: number): unknown {
    this.#touches.note('read')
    return super.read(size)
  }

  override resume(): this {
    this.#touches.note('resume')
    return super.resume()
  }
}

function streaming(stream: WatchedReadable, flowing: boolean | null): Watched {
  const buffered = stream.readableLength
  const traces = (): string[] => [
    ...(stream.readableFlowing === flowing ? [] : [`flowing ${stream.readableFlowing}`]),
    ...(stream.readableLength === buffered ? [] : [`${stream.readableLength} bytes left`]),
    ...(stream.readableDidRead ? ['read from'] : []),
  ]
  return { content: stream, length: null, traces }
}

function webStream(bytes: Buffer, touches: Touches, ahead: number): Watched {
  const chunks = chunksOf(bytes)
  let pulls = 0
  const content = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        pulls += 1
        if (pulls > ahead) touches.note('pull')
        const chunk = chunks.shift()
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
    },
    { highWaterMark: ahead },
  )
  return { content, length: null, traces: nothing }
}

function byteStream(bytes: Buffer, touches: Touches): Watched {
  const chunks = chunksOf(bytes)
  const content = new ReadableStream({
    type: 'bytes',
    pull: (controller: ReadableByteStreamController) => {
      touches.note('pull')
      const chunk = chunks.shift()
      if (chunk !== undefined) {
        controller.enqueue(new Uint8Array(chunk))
        return
      }
      controller.close()
      // Its type is said to be a property of the stream; Node has it here.
      const { byobRequest } = controller as unknown as {
        byobRequest: { respond(n: number): void } | null
      }
      byobRequest?.respond(0)
    },
  })
  return { content, length: null, traces: nothing }
}

/** A Blob that notes whoever reads from it. */
class WatchedBlob extends Blob {
  readonly #touches: Touches

  constructor(parts: Buffer[], touches: Touches) {
    super(parts)
    this.#touches = touches
  }

  override stream(): ReturnType<Blob['stream']> {
    const source = super.stream().getReader()
    const watched = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          this.#touches.note('pull')
          const { done, value } = await source.read()
          if (done) controller.close()
          else controller.enqueue(value)
        },
      },
      { highWaterMark: 0 },
    )
    return watched as ReturnType<Blob['stream']>
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    this.#touches.note('arrayBuffer')
    return super.arrayBuffer()
  }

  override slice(...range: Parameters<Blob['slice']>): Blob {
    this.#touches.note('slice')
    return super.slice(...range)
  }
}
