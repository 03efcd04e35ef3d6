import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { type Content, fileChunks } from './content.ts'

/** Bytes per system call. */
export const gathered = 524_288

/** Writes chunks in pieces of 512 KiB, and waits for 'drain' when the stream is full. */
export async function writeChunks(
  stream: Writable,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  let bytes = 0
  stream.cork()
  for await (const chunk of chunks) {
    stream.write(chunk)
    bytes += chunk.length
    if (bytes < gathered) continue
    bytes = 0
    stream.uncork()
    if (stream.writableNeedDrain) await once(stream, 'drain')
    stream.cork()
  }
  stream.uncork()
}

/** Writes a file. Each chunk is written before the next is read, because its buffer is reused. */
export async function writeFile(stream: Writable, { file, size }: Content): Promise<void> {
  for await (const chunk of fileChunks(file, size)) {
    await new Promise((written) => stream.write(chunk, written))
  }
}
