/** What stood in the bytes that came in. */
export type ResponseHead =
  | { readonly type: 'interim'; readonly status: number }
  | { readonly type: 'final'; readonly status: number }

/** What one piece of incoming bytes came to. */
export interface Split {
  /** The bytes for the HTTP parser: all of them but those of 100 responses. */
  readonly pass: Uint8Array[]
  /** The heads that were recognised, in order. An interim response counts when it is whole. */
  readonly heads: ResponseHead[]
  /** Whether an interim response, or all of them while no content moved, grew past a limit. */
  readonly overflow: boolean
}

/** Bytes that one interim response may have, by default. */
export const headLimit = 16_384

/** Bytes that interim responses may have together while no content moves, by default. */
export const idleLimit = 1_048_576

/** What bounds interim responses. */
export interface InterimLimits {
  readonly head: number
  readonly idle: number
}

// "HTTP/1.1 100 ": the version and the status, all that is needed to know what a head is.
const prefixLength = 13
const version = Buffer.from('HTTP/1.', 'latin1')
const space = 32
const carriageReturn = 13
const lineFeed = 10

type Part = 'start' | 'swallowed' | 'forwarded' | 'final'

/**
 * Finds the interim responses in the bytes that come in before a final response
 * (RFC 9110, section 15.2), whatever pieces they come in. A 100 is taken out; every other
 * interim response goes on to the parser; from the final response on, nothing is looked at.
 */
export class InterimResponseParser {
  readonly #limits: InterimLimits
  readonly #prefix: Uint8Array = new Uint8Array(prefixLength)
  #part: Part = 'start'
  #filled = 0
  #status = 0
  #blankSoFar = false
  #headBytes = 0
  #idleBytes = 0

  constructor(limits: InterimLimits = { head: headLimit, idle: idleLimit }) {
    this.#limits = limits
  }

  /** Whether a response head may begin with, or lie in, the next byte. */
  get watching(): boolean {
    return this.#part !== 'final'
  }

  /** Begins anew, for the response to the next request. */
  reset(): void {
    this.#part = 'start'
    this.#filled = 0
    this.#headBytes = 0
    this.#idleBytes = 0
  }

  /** Content moves: what has come until now is not counted any more. */
  moved(): void {
    this.#idleBytes = 0
  }

  /** The bytes that were kept to see what they begin; the peer has sent its last. */
  flush(): Uint8Array {
    const rest = this.#prefix.slice(0, this.#filled)
    this.#filled = 0
    this.#part = 'final'
    return rest
  }

  /** Reads a piece of what came in. */
  take(chunk: Uint8Array): Split {
    const split: Split = { pass: [], heads: [], overflow: false }
    let at = 0
    while (at < chunk.length && this.#part !== 'final') {
      at = this.#part === 'start' ? this.#start(chunk, at, split) : this.#inside(chunk, at, split)
      if (this.#isTooMuch()) return { ...split, overflow: true }
    }
    if (at < chunk.length) split.pass.push(at === 0 ? chunk : chunk.subarray(at))
    return split
  }

  #isTooMuch(): boolean {
    return this.#headBytes > this.#limits.head || this.#idleBytes > this.#limits.idle
  }

  #count(bytes: number): void {
    this.#headBytes += bytes
    this.#idleBytes += bytes
  }

  #start(chunk: Uint8Array, from: number, split: Split): number {
    let at = from
    while (at < chunk.length && this.#filled < prefixLength) {
      const byte = chunk[at] as number
      at += 1
      // A parser lets line ends before a status line pass (RFC 9112, section 2.2).
      if (this.#filled === 0 && isLineEnd(byte)) {
        split.pass.push(chunk.subarray(at - 1, at))
        this.#count(1)
        return at
      }
      this.#prefix[this.#filled] = byte
      this.#filled += 1
      if (!isPlausible(byte, this.#filled - 1)) return this.#final(0, from, at, split)
    }
    if (this.#filled < prefixLength) return at
    const status = statusOf(this.#prefix)
    if (status === 101 || status < 100 || status >= 200) return this.#final(status, from, at, split)
    this.#enter(status, split)
    return at
  }

  /** What begins here is no interim response: hand back what was looked at, and stop looking. */
  #final(status: number, from: number, at: number, split: Split): number {
    const own = this.#filled
    split.heads.push({ type: 'final', status })
    this.#part = 'final'
    this.#filled = 0
    // In the usual case the head began in this very chunk, and nothing needs to be copied.
    if (at - from === own) return from
    split.pass.push(this.#prefix.slice(0, own))
    return at
  }

  #enter(status: number, split: Split): void {
    this.#status = status
    this.#part = status === 100 ? 'swallowed' : 'forwarded'
    // The last byte of the prefix may be the end of a status line without a reason phrase.
    this.#blankSoFar = this.#prefix[prefixLength - 1] === lineFeed
    this.#count(prefixLength)
    this.#filled = 0
    if (this.#part === 'forwarded') split.pass.push(this.#prefix.slice())
  }

  #inside(chunk: Uint8Array, from: number, split: Split): number {
    let at = from
    let ended = false
    while (at < chunk.length && !ended) {
      const byte = chunk[at] as number
      at += 1
      if (byte === lineFeed) {
        ended = this.#blankSoFar
        this.#blankSoFar = true
      } else if (byte !== carriageReturn) {
        this.#blankSoFar = false
      }
    }
    this.#count(at - from)
    if (this.#part === 'forwarded') split.pass.push(chunk.subarray(from, at))
    if (ended && !this.#isTooMuch()) {
      split.heads.push({ type: 'interim', status: this.#status })
      this.#part = 'start'
      this.#headBytes = 0
    }
    return at
  }
}

function isPlausible(byte: number, at: number): boolean {
  if (at < version.length) return byte === version[at]
  if (at === 8) return byte === space
  if (at === 12) return byte === space || isLineEnd(byte)
  return byte >= 48 && byte <= 57
}

function isLineEnd(byte: number): boolean {
  return byte === carriageReturn || byte === lineFeed
}

function statusOf(prefix: Uint8Array): number {
  const digit = (at: number): number => (prefix[at] as number) - 48
  return digit(9) * 100 + digit(10) * 10 + digit(11)
}
