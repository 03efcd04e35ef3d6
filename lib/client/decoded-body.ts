import {
  type ReadableByteStreamController,
  ReadableStream,
  type ReadableStreamDefaultReader,
  type UnderlyingByteSource,
} from 'node:stream/web'
import { decoded } from './decoding.ts'
import { closeStream } from './response-body.ts'

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** Frees the connections of responses whose stream was garbage collected unread. */
const unread = new FinalizationRegistry<Reader>((reader) => {
  reader.cancel().catch(() => {})
})

/**
 * The content of a response without its codings, as a stream of bytes. The decoders do not
 * refer to the stream, so an abandoned one can be garbage collected.
 */
export function decodedBody(content: ReadableStream, codings: string): ReadableStream {
  const found = decoded(content, codings)
  if (found === content) return content
  const reader: Reader = found.getReader()
  const stream = new ReadableStream(new DecodedBytes(reader), { highWaterMark: 0 })
  unread.register(stream, reader)
  return stream
}

class DecodedBytes implements UnderlyingByteSource {
  readonly type = 'bytes'
  readonly #reader: Reader

  constructor(reader: Reader) {
    this.#reader = reader
  }

  async pull(out: ReadableByteStreamController): Promise<void> {
    const { done, value } = await this.#reader.read()
    // enqueue() transfers the buffer, and decoders share theirs between chunks: hence a copy.
    if (!done) out.enqueue(new Uint8Array(value))
    else closeStream(out)
  }

  cancel(reason: unknown): Promise<void> {
    return this.#reader.cancel(reason)
  }
}
