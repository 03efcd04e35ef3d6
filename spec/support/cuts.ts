import fc from 'fast-check'
import type { Written } from '../../lib/protocol/outgoing.ts'

/** One piece of a stream: how long it is, and how it is written. */
export interface Cut {
  readonly size: number
  /** As text, one byte a character; as bytes otherwise. */
  readonly text: boolean
  /** Whether the next piece comes in another write. */
  readonly last: boolean
}

/** Ways to cut a stream; after the last cut the first comes again. */
export const cuts: fc.Arbitrary<Cut[]> = fc
  .array(fc.record({ size: fc.nat({ max: 40 }), text: fc.boolean(), last: fc.boolean() }), {
    minLength: 1,
    maxLength: 30,
  })
  .filter((all) => all.some(({ size }) => size > 0))

/** Every byte in a write of its own. */
export const singly: readonly Cut[] = [{ size: 1, text: true, last: true }]

/** Cuts a stream of one byte a character into writes of one or more pieces. */
export function cut(bytes: string, how: readonly Cut[]): Written[][] {
  const writes: Written[][] = []
  let pieces: Written[] = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const { size, text, last } = how[turn % how.length] as Cut
    const piece = bytes.slice(at, at + size)
    at += size
    pieces.push({ chunk: text ? piece : Buffer.from(piece, 'latin1'), encoding: 'latin1' })
    if (!last && at < bytes.length) continue
    writes.push(pieces)
    pieces = []
  }
  return writes
}

/** A stream of one byte a character, in pieces of bytes. */
export function cutBytes(bytes: string, how: readonly Cut[]): Uint8Array[] {
  const pieces = cut(bytes, how).flat()
  return pieces.map(({ chunk }) =>
    typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk,
  )
}

/** Pieces put together again, one byte a character. */
export function joined(pieces: readonly (string | Uint8Array)[]): string {
  return pieces
    .map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString('latin1')))
    .join('')
}
