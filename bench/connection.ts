export interface Received {
  requests: number
  contentBytes: number
  /** For each request, milliseconds from its head to the first byte of its content. */
  waits: number[]
  /** When the first head arrived and the last response was sent, in milliseconds. */
  firstAt: number
  lastAt: number
}

/** By path. */
export type Tally = Record<string, Received>

/** The entry of a path, which is created if it is missing. */
export function receivedOn(tally: Tally, path: string): Received {
  tally[path] ??= { requests: 0, contentBytes: 0, waits: [], firstAt: performance.now(), lastAt: 0 }
  return tally[path]
}

interface RequestHead {
  readonly path: string
  readonly length: number
  readonly asks: boolean
  /** Bytes of the head, including its blank line. */
  readonly size: number
}

/** What a connection reads: a head, content, or what follows a refused expectation. */
type State =
  | { readonly at: 'head' }
  | { readonly at: 'refused'; readonly length: number }
  | { readonly at: 'content'; left: number; readonly answer: string | null; begun: boolean }

type Owing = State & { at: 'content' }

const inHead: State = { at: 'head' }
const goAhead = 'HTTP/1.1 100 Continue\r\n\r\n'
const created = answer('201 Created')
const refusals: Readonly<Record<string, string>> = {
  '401': answer('401 Unauthorized', 'WWW-Authenticate: Basic realm="bench"\r\n'),
  '413': answer('413 Content Too Large'),
}

/**
 * One connection of the origin. The first segment of the path selects its behaviour:
 *
 *     /go      100 to an expectation, 201 after the content
 *     /silent  no answer to an expectation, 201 after the content
 *     /417     417 to an expectation, 201 after the content
 *     /413     413 at once; content that is sent anyway is counted
 *     /401     the same with 401
 *
 * A client need not send content after a refusal, but some do. Bytes that do not begin like a request of this
 * benchmark are counted as content.
 */
export class Connection {
  readonly #write: (bytes: string) => void
  readonly #receivedOn: (path: string) => Received
  #state: State = inHead
  #rest: Buffer = Buffer.alloc(0)
  #received: Received | null = null
  #headAt = 0

  constructor(write: (bytes: string) => void, receivedOn: (path: string) => Received) {
    this.#write = write
    this.#receivedOn = receivedOn
  }

  take(bytes: Buffer): void {
    if (this.#state.at === 'content') {
      this.#content(this.#state, bytes)
      return
    }
    if (this.#state.at === 'refused') {
      const { length } = this.#state
      const next = /^(PUT|POST) \//.test(bytes.toString('latin1', 0, 6))
      this.#state = next ? inHead : owing(length, null)
      this.take(bytes)
      return
    }
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const request = readHead(all)
    // The next read overwrites the bytes.
    this.#rest = request === null ? Buffer.from(all) : Buffer.alloc(0)
    if (request === null) return
    this.#begin(request)
    if (all.length > request.size) this.take(all.subarray(request.size))
  }

  #begin({ path, length, asks }: RequestHead): void {
    this.#received = this.#receivedOn(path)
    this.#received.requests += 1
    this.#headAt = performance.now()
    const play = path.split('/', 2)[1] ?? ''
    const refusal = play === '417' && asks ? answer('417 Expectation Failed') : refusals[play]
    if (refusal !== undefined) this.#answer(refusal)
    else if (asks && play !== 'silent') this.#write(goAhead)
    if (refusal !== undefined && asks) {
      this.#state = { at: 'refused', length }
      return
    }
    const content = owing(length, refusal === undefined ? created : null)
    this.#state = content
    if (length === 0) this.#end(content)
  }

  #content(state: Owing, bytes: Buffer): void {
    const received = this.#received as Received
    const size = Math.min(state.left, bytes.length)
    if (!state.begun) {
      state.begun = true
      received.waits.push(performance.now() - this.#headAt)
    }
    received.contentBytes += size
    state.left -= size
    if (state.left > 0) return
    this.#end(state)
    if (bytes.length > size) this.take(bytes.subarray(size))
  }

  #end(state: Owing): void {
    this.#state = inHead
    if (state.answer !== null) this.#answer(state.answer)
  }

  #answer(bytes: string): void {
    this.#write(bytes)
    if (this.#received !== null) this.#received.lastAt = performance.now()
  }
}

/**
 * Reads a head at the beginning of the bytes, as far as the origin needs it.
 *
 * @returns `null` when it is incomplete.
 * @throws Error for content without a declared length, which no candidate sends.
 */
function readHead(bytes: Buffer): RequestHead | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return null
  const text = bytes.toString('latin1', 0, end)
  const [, path = ''] = text.split(' ', 2)
  if (/^transfer-encoding:/im.test(text)) throw new Error(`The content has no length: ${text}`)
  return {
    path,
    length: Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0),
    asks: /^expect: *100-continue/im.test(text),
    size: end + 4,
  }
}

function owing(left: number, behind: string | null): Owing {
  return { at: 'content', left, answer: behind, begun: false }
}

function answer(status: string, fields = ''): string {
  return `HTTP/1.1 ${status}\r\n${fields}Content-Length: 0\r\n\r\n`
}
