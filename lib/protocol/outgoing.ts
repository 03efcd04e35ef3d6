import { type Piece, RequestFraming } from './framing.ts'
import { askingHead, contentAfter, type RequestContent } from './head.ts'

/** What a stream hands to `_writev`. */
export interface Written {
  readonly chunk: Piece
  readonly encoding: BufferEncoding
}

// What streams call the encoding of bytes; the type knows those of text only.
const bytes = 'buffer' as BufferEncoding

/** What may be written at once and what has to wait. */
export interface Sorted {
  readonly now: Written[]
  /** What stands behind the head of a request that asks; `null` when none does. */
  readonly later: Written[] | null
  /** Bytes of content in `now`. */
  readonly contentBytes: number
}

/**
 * Sorts what a client writes, whatever pieces it comes in: finds the heads of requests, puts
 * the expectation into those that are to ask, and keeps back what follows them.
 */
export class OutgoingSorter {
  readonly #framing = new RequestFraming()
  readonly #onHead: (content: RequestContent) => boolean
  /** The beginning of a head whose end was not written yet. */
  #partial: Written[] = []

  /** @param onHead is told of each head, in order, and says whether it is to ask. */
  constructor(onHead: (content: RequestContent) => boolean) {
    this.#onHead = onHead
  }

  /** Whether all requests that were begun have been written to their end. */
  get complete(): boolean {
    return this.#framing.complete
  }

  /** Sorts what was written last. */
  sort(pieces: readonly Written[]): Sorted {
    const now: Written[] = []
    let contentBytes = 0
    for (let index = 0; index < pieces.length; index++) {
      const piece = inBytes(pieces[index] as Written)
      const { chunk } = piece
      let at = 0
      while (at < chunk.length) {
        if (this.#framing.inHead) {
          const { end, asks } = this.#head(piece, at, now)
          at = end
          if (!asks) continue
          const rest = at < chunk.length ? [part(piece, at)] : []
          return { now, later: [...rest, ...pieces.slice(index + 1)], contentBytes }
        }
        const { end, bytes: taken } = this.#framing.content(chunk, at)
        now.push(part(piece, at, end))
        contentBytes += taken
        at = end
      }
    }
    return { now, later: null, contentBytes }
  }

  /** Notes what was written last, which goes on as it is: no head in it is to ask. */
  follow(pieces: readonly Written[]): void {
    for (let index = 0; index < pieces.length; index++) {
      const { chunk } = inBytes(pieces[index] as Written)
      let at = 0
      while (at < chunk.length) {
        at = this.#framing.inHead
          ? (this.#read(chunk, at)?.end ?? chunk.length)
          : this.#framing.content(chunk, at).end
      }
    }
  }

  #head(piece: Written, from: number, now: Written[]): { end: number; asks: boolean } {
    const head = this.#read(piece.chunk, from)
    if (head === null) {
      this.#partial.push(part(piece, from))
      return { end: piece.chunk.length, asks: false }
    }
    const { text, end, asks } = head
    const before = this.#partial
    if (before.length > 0) this.#partial = []
    if (asks) now.push({ chunk: askingHead(text), encoding: 'latin1' })
    else now.push(...before, part(piece, from, end))
    return { end, asks }
  }

  /** Reads on in a head; `null` when its end was not written yet. */
  #read(chunk: Piece, from: number): { text: string; end: number; asks: boolean } | null {
    const head = this.#framing.head(chunk, from)
    if (head === null) return null
    const { text, end } = head
    const content = contentAfter(text)
    this.#framing.follow(content)
    return { text, end, asks: this.#onHead(content) }
  }
}

const nothing: readonly Written[] = []

/** The pieces up to the end of the first slice of one that is larger, and what is left. */
export function cut(
  pieces: readonly Written[],
  bytes: number,
): { slice: readonly Written[]; rest: readonly Written[] } {
  // Text is short, and cut where two bytes are one character it would not be the same.
  for (let at = 0; at < pieces.length; at++) {
    const large = pieces[at] as Written
    if (typeof large.chunk === 'string' || large.chunk.length <= bytes) continue
    return {
      slice: [...pieces.slice(0, at), part(large, 0, bytes)],
      rest: [part(large, bytes), ...pieces.slice(at + 1)],
    }
  }
  return { slice: pieces, rest: nothing }
}

/** Text that is not one byte a character is content, and is counted in bytes. */
function inBytes(piece: Written): Written {
  if (typeof piece.chunk !== 'string' || piece.encoding === 'latin1') return piece
  // net.Socket takes a Buffer for text, and the process ends, unless it is told what it is.
  return { chunk: Buffer.from(piece.chunk, piece.encoding), encoding: bytes }
}

function part(piece: Written, from: number, to: number = piece.chunk.length): Written {
  const { chunk, encoding } = piece
  if (from === 0 && to === chunk.length) return piece
  return {
    chunk: typeof chunk === 'string' ? chunk.slice(from, to) : chunk.subarray(from, to),
    encoding,
  }
}
