import type { Random } from './random.ts'

/** Cuts text at random points: not at all, into single characters, or between. */
export function cut(random: Random, text: string): string[] {
  if (text === '') return []
  const max = random.pick([1, 3, 40, 2000, text.length])
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const size = random.between(1, max)
    pieces.push(text.slice(at, at + size))
    at += size
  }
  return pieces
}

/** The bytes of latin1 text. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** Joins pieces as latin1 text. */
export function joined(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString('latin1')
}
