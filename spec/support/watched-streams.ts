import { Readable } from 'node:stream'
import { type ReadableByteStreamController, ReadableStream } from 'node:stream/web'
import { chunksOf } from './contents.ts'
import { nothing, type Touches, type Watched } from './touches.ts'

/** A Node stream that records reads. */
export class WatchedReadable extends Readable {
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

export function streaming(stream: WatchedReadable, flowing: boolean | null): Watched {
  const buffered = stream.readableLength
  const traces = (): string[] => [
    ...(stream.readableFlowing === flowing ? [] : [`flowing ${stream.readableFlowing}`]),
    ...(stream.readableLength === buffered ? [] : [`${stream.readableLength} bytes left`]),
    ...(stream.readableDidRead ? ['read from'] : []),
  ]
  return { content: stream, length: null, traces }
}

export function webStream(bytes: Buffer, touches: Touches, ahead: number): Watched {
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

export function byteStream(bytes: Buffer, touches: Touches): Watched {
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
      // The types declare `byobRequest` on the stream; Node has it on the controller.
      const { byobRequest } = controller as unknown as {
        byobRequest: { respond(n: number): void } | null
      }
      byobRequest?.respond(0)
    },
  })
  return { content, length: null, traces: nothing }
}

/** A Blob that records reads. */
export class WatchedBlob extends Blob {
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
