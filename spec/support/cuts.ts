import fc from 'fast-check'

/** Sizes of pieces; they repeat after the last one. */
export const cuts: fc.Arbitrary<number[]> = fc
  .array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 30 })
  .filter((sizes) => sizes.some((size) => size > 0))

/** One byte in each piece. */
export const singly: readonly number[] = [1]

export const onePiece: readonly number[] = [Number.MAX_SAFE_INTEGER]

/** Cuts latin1 text into pieces of bytes. */
export function cutBytes(bytes: string, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + (sizes[turn % sizes.length] as number)
    pieces.push(Buffer.from(bytes.slice(at, end), 'latin1'))
    at = end
  }
  return pieces
}

/** Joins pieces as latin1 text. */
export function joined(pieces: readonly (string | Uint8Array)[]): string {
  return pieces
    .map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString('latin1')))
    .join('')
}
