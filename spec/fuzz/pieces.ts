import type { Written } from '../../lib/protocol/outgoing.ts'
import type { Random } from './random.ts'

// What streams call the encoding of bytes; the type knows those of text only.
const encodingOfBytes = 'buffer' as BufferEncoding

/** Cuts text at random points: whole, into single characters, or in between. */
export function cut(random: Random, text: string): string[] {
  if (text === '') return []
  const most = random.pick([1, 3, 40, 2000, text.length])
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const size = random.between(1, most)
    pieces.push(text.slice(at, at + size))
    at += size
  }
  return pieces
}

/** The bytes of text that is one byte a character. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** Pieces put together again, one byte a character. */
export function joined(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString('latin1')
}

/** What was written, one byte a character. */
export function writtenText(pieces: readonly Written[]): string {
  return pieces
    .map(({ chunk, encoding }) => {
      if (typeof chunk !== 'string') return Buffer.from(chunk).toString('latin1')
      return encoding === 'latin1' ? chunk : Buffer.from(chunk, encoding).toString('latin1')
    })
    .join('')
}

/** The same bytes in random pieces, texts and buffers, one or more of them in a write. */
export function writes(random: Random, text: string): Written[][] {
  const made: Written[][] = [[]]
  for (const piece of cut(random, text)) {
    if (random.chance(0.5)) made.push([])
    made.at(-1)?.push(written(random, piece))
  }
  return made.filter((pieces) => pieces.length > 0)
}

function written(random: Random, piece: string): Written {
  if (random.chance(0.5)) return { chunk: piece, encoding: 'latin1' }
  const bytes = bytesOf(piece)
  const text = bytes.toString('utf8')
  // Heads are text of one byte a character; only content may come in UTF-8.
  if (random.chance(0.5) && Buffer.from(text).equals(bytes))
    return { chunk: text, encoding: 'utf8' }
  return { chunk: bytes, encoding: encodingOfBytes }
}
