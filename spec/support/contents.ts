import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ContentInput } from '../../lib/content/content.ts'

export interface Kind {
  readonly name: string
  readonly known: boolean
  readonly replayable: boolean
  /** Makes new content from these bytes at each call. */
  make(bytes: Buffer): ContentInput
  /** Header fields to send with it. */
  headers(bytes: Buffer): Record<string, string>
}

const none = (): Record<string, string> => ({})
const length = (bytes: Buffer): Record<string, string> => ({
  'content-length': String(bytes.length),
})

export const kinds: readonly Kind[] = [
  { name: 'a buffer', known: true, replayable: true, make: (bytes) => bytes, headers: none },
  {
    name: 'a factory of streams',
    known: false,
    replayable: true,
    make: (bytes) => () => Readable.from(chunksOf(bytes)),
    headers: none,
  },
  {
    name: 'a generator with a declared length',
    known: true,
    replayable: false,
    make: (bytes) => generate(bytes),
    headers: length,
  },
  {
    name: 'a stream',
    known: false,
    replayable: false,
    make: (bytes) => Readable.from(chunksOf(bytes)),
    headers: none,
  },
]

/** Bytes that do not compress; the same seed gives the same bytes. */
export function noise(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size)
  let state = seed * 2654435761 + 1
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function chunksOf(bytes: Buffer, count = 4): Buffer[] {
  const size = Math.max(1, Math.ceil(bytes.length / count))
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

async function* generate(bytes: Buffer): AsyncGenerator<Buffer> {
  yield* chunksOf(bytes)
}
