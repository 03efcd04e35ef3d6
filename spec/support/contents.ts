import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ContentInput } from '../../lib/content/content.ts'

/** A kind of content: of known or unknown length, one-shot or replayable. */
export interface Kind {
  readonly name: string
  readonly known: boolean
  readonly replayable: boolean
  /** Makes content of these bytes, anew at each call. */
  make(bytes: Buffer): ContentInput
  /** Header fields that go with it. */
  headers(bytes: Buffer): Record<string, string>
}

const none = (): Record<string, string> => ({})
const length = (bytes: Buffer): Record<string, string> => ({
  'content-length': String(bytes.length),
})

/** One of each combination of length and replayability. */
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

/** Bytes that look random, the same ones for the same seed. */
export function noise(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size)
  let state = seed * 2654435761 + 1
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** The sha256 of bytes, in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Bytes in several chunks. */
export function chunksOf(bytes: Buffer, count = 4): Buffer[] {
  const size = Math.max(1, Math.ceil(bytes.length / count))
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

async function* generate(bytes: Buffer): AsyncGenerator<Buffer> {
  yield* chunksOf(bytes)
}
