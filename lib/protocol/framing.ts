import type { RequestContent } from './head.ts'

/** A piece of what a client writes: bytes, or text that is one byte a character. */
export type Piece = string | Uint8Array

type Part = 'head' | 'content' | 'chunk-size' | 'chunk-data' | 'trailers' | 'tunnel'

const lineFeed = 10

/**
 * Tells heads from content in the bytes of HTTP/1.1 requests, whatever pieces they come in.
 * It reads framing only; content is counted, never looked at.
 */
export class RequestFraming {
  #part: Part = 'head'
  #left = 0
  #line = ''

  /** Whether the next byte belongs to a request's head. */
  get inHead(): boolean {
    return this.#part === 'head'
  }

  /** Whether everything that was begun has been written. */
  get complete(): boolean {
    return this.#part === 'head' && this.#line === ''
  }

  /** Says what follows the head that was just read. */
  follow(content: RequestContent): void {
    if (content === 'tunnel') this.#part = 'tunnel'
    else if (content === 'chunked') this.#part = 'chunk-size'
    else this.#into(content)
  }

  /**
   * Reads on in a head from `from`. Answers its text once it is whole, with the offset at
   * which it ended in this piece; `null` when this piece ran out first.
   */
  head(piece: Piece, from: number): { text: string; end: number } | null {
    const text = typeof piece === 'string' ? piece : latin1(piece)
    const soFar = this.#line
    const whole = soFar + text.slice(from)
    const blank = whole.indexOf('\r\n\r\n', Math.max(0, soFar.length - 3))
    if (blank === -1) {
      this.#line = whole
      return null
    }
    this.#line = ''
    const length = blank + 4
    return { text: whole.slice(0, length), end: from + length - soFar.length }
  }

  /**
   * Moves over content from `from`, chunk framing included, and answers where the request
   * ended in this piece, or the piece's length, with the bytes that were content.
   */
  content(piece: Piece, from: number): { end: number; bytes: number } {
    const length = piece.length
    let end = from
    let bytes = 0
    while (end < length && this.#part !== 'head') {
      if (this.#part === 'tunnel') return { end: length, bytes }
      if (this.#part === 'content' || this.#part === 'chunk-data') {
        const taken = Math.min(this.#left, length - end)
        this.#left -= taken
        end += taken
        bytes += taken
        if (this.#left === 0) this.#part = this.#part === 'content' ? 'head' : 'chunk-size'
        continue
      }
      end = this.#readLine(piece, end)
    }
    return { end, bytes }
  }

  #into(length: number): void {
    this.#left = length
    this.#part = length === 0 ? 'head' : 'content'
  }

  #readLine(piece: Piece, from: number): number {
    const found =
      typeof piece === 'string' ? piece.indexOf('\n', from) : piece.indexOf(lineFeed, from)
    const end = found === -1 ? piece.length : found + 1
    const part =
      typeof piece === 'string' ? piece.slice(from, end) : latin1(piece.subarray(from, end))
    this.#line += part
    if (found !== -1) {
      const line = this.#line.trim()
      this.#line = ''
      this.#endLine(line)
    }
    return end
  }

  #endLine(line: string): void {
    if (this.#part === 'trailers') {
      if (line === '') this.#part = 'head'
      return
    }
    // The line end after a chunk's data stands where the next size is looked for.
    if (line === '') return
    const size = Number.parseInt(line, 16)
    this.#left = size
    if (size > 0) this.#part = 'chunk-data'
    // Where a size should stand and does not, nothing more can be told of what follows.
    else this.#part = size === 0 ? 'trailers' : 'tunnel'
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
