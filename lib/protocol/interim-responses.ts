/** The head of a response that was found in incoming bytes. */
export interface ResponseHead {
  readonly type: 'interim' | 'final'
  readonly status: number
}

interface Split {
  /** The bytes for the HTTP parser: all except those of 100 responses. */
  readonly pass: Uint8Array[]
  /** The heads found, in order. An interim response is listed once it is complete. */
  readonly heads: ResponseHead[]
  /** Whether one interim response, or all of them while no content was sent, exceeded a limit. */
  readonly overflow: boolean
}

/** Default limit of one interim response, in bytes. */
export const headLimit = 16_384

/** Default limit of all interim responses while no content is sent, in bytes. */
export const idleLimit = 1_048_576

/** The limits of interim responses, in bytes. */
export interface InterimLimits {
  readonly head: number
  readonly idle: number
}

// "HTTP/1.1 100 ": version and status are enough to classify a head.
const prefixLength = 13
const version = Buffer.from('HTTP/1.', 'latin1')
const space = 32
const carriageReturn = 13
const lineFeed = 10

type Part = 'start' | 'swallowed' | 'forwarded' | 'final'

/**
 * Finds the interim responses in the bytes before a final response (RFC 9110, section 15.2),
 * however the bytes are split into chunks. A 100 is removed. Every other interim response is
 * passed to the HTTP parser. From the final response on, bytes are not inspected.
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

  /** Whether the next byte may belong to a response head. */
  get watching(): boolean {
    return this.#part !== 'final'
  }

  /** Starts over for the response to the next request. */
  reset(): void {
    this.#part = 'start'
    this.#filled = 0
    this.#headBytes = 0
    this.#idleBytes = 0
  }

  /** Content was sent: restarts the count against the idle limit. */
  moved(): void {
    this.#idleBytes = 0
  }

  /** The buffered start of an unclassified head, at the end of the input. */
  flush(): Uint8Array {
    const rest = this.#prefix.slice(0, this.#filled)
    this.#filled = 0
    this.#part = 'final'
    return rest
  }

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
      // Parsers ignore line ends before a status line (RFC 9112, section 2.2).
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

  /** No interim response begins here: returns the inspected bytes and stops inspecting. */
  #final(status: number, from: number, at: number, split: Split): number {
    const own = this.#filled
    split.heads.push({ type: 'final', status })
    this.#part = 'final'
    this.#filled = 0
    // Usually the head began in this chunk, and no copy is needed.
    if (at - from === own) return from
    split.pass.push(this.#prefix.slice(0, own))
    return at
  }

  #enter(status: number, split: Split): void {
    this.#status = status
    this.#part = status === 100 ? 'swallowed' : 'forwarded'
    // Without a reason phrase, the last byte of the prefix may end the status line.
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
