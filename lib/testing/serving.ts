import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SeenRequest, WireEvent } from './seen.ts'

/** A response to a request. */
export interface OriginResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/**
 * What an origin does with a request: `'go'` answers an expectation with 100, `'silent'`
 * with nothing, and both take the content; a status, or a whole response, refuses the
 * request before its content, and `'reset'` tears the connection down. A 417 is for requests
 * that ask; others are taken.
 */
export type OriginMode = 'go' | 'silent' | 'reset' | number | OriginResponse

/**
 * What comes once content was taken: a response, `'reset'` for the end of the connection, or
 * `'nothing'`.
 */
export type OriginAnswer = OriginResponse | 'reset' | 'nothing'

/** How requests are served. */
export interface ServingOptions {
  /**
   * How a request whose content was taken is answered, or a function that says so for each.
   *
   * @default 201 without content
   */
  response?: OriginAnswer | ((request: SeenRequest) => OriginAnswer)
  /** Milliseconds before anything is said about a request's head. @default 0 */
  delay?: number
  /** Whether the content is kept, for `SeenRequest.content`. @default false */
  keepContent?: boolean
}

type Seen = { -readonly [Name in keyof SeenRequest]: SeenRequest[Name] }

/** The serving of one request. */
export class Serving {
  mode: OriginMode = 'go'
  readonly seen: SeenRequest
  readonly #seen: Seen
  readonly #message: IncomingMessage
  readonly #options: ServingOptions
  readonly #note: (event: Partial<WireEvent>) => void
  readonly #hash = createHash('sha256')
  readonly #chunks: Buffer[] = []
  #judged = false
  #ended = false

  constructor(
    message: IncomingMessage,
    asked: boolean,
    connection: number,
    options: ServingOptions,
    note: (event: Partial<WireEvent>) => void,
  ) {
    const { method = '', url: path = '', headers } = message
    const content = Buffer.alloc(0)
    this.#seen = {
      method,
      path,
      headers,
      asked,
      connection,
      status: 0,
      bytes: 0,
      sha256: '',
      content,
    }
    this.seen = this.#seen
    this.#message = message
    this.#options = options
    this.#note = note
    note({ what: `${method} ${path} HTTP/1.1`, asks: asked })
    message.on('data', (chunk: Buffer) => this.#take(chunk))
    // A client that goes away in the middle is nothing to stop for.
    message.on('error', () => {})
  }

  /** Begins to answer, after the delay. */
  begin(response: ServerResponse): void {
    const { delay = 0 } = this.#options
    this.#message.on('end', () => this.#end(response))
    if (delay === 0) {
      this.#judge(response)
      return
    }
    const timer = setTimeout(() => this.#judge(response), delay)
    response.on('close', () => clearTimeout(timer))
  }

  #judge(response: ServerResponse): void {
    const { asked } = this.seen
    const refusal = refusalOf(this.mode, asked)
    this.#judged = true
    if (refusal !== null) this.#answer(response, refusal)
    else if (this.#ended) this.#accept(response)
    else if (asked && this.mode === 'go') {
      response.writeContinue()
      this.#note({ direction: 'out', what: 'HTTP/1.1 100 Continue' })
    }
  }

  #take(chunk: Buffer): void {
    this.#seen.bytes += chunk.length
    this.#hash.update(chunk)
    if (this.#options.keepContent) this.#chunks.push(chunk)
  }

  #end(response: ServerResponse): void {
    this.#ended = true
    this.#seen.sha256 = this.#hash.digest('hex')
    this.#seen.content = Buffer.concat(this.#chunks)
    const { bytes } = this.#seen
    if (bytes > 0) this.#note({ what: 'content', bytes })
    if (this.#judged && !response.headersSent) this.#accept(response)
  }

  #accept(response: ServerResponse): void {
    const { response: chosen = { status: 201 } } = this.#options
    this.#answer(response, typeof chosen === 'function' ? chosen(this.seen) : chosen)
  }

  #answer(response: ServerResponse, answer: OriginAnswer): void {
    if (answer === 'nothing') return
    if (answer === 'reset') {
      this.#message.socket.resetAndDestroy()
      return
    }
    const { status, headers, body = '' } = answer
    this.#seen.status = status
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers })
    this.#note({ direction: 'out', what: `HTTP/1.1 ${status} ${response.statusMessage}` })
    response.end(body)
  }
}

function refusalOf(mode: OriginMode, asked: boolean): OriginAnswer | null {
  if (mode === 'go' || mode === 'silent') return null
  if (mode === 'reset') return mode
  const response = typeof mode === 'number' ? { status: mode } : mode
  return response.status === 417 && !asked ? null : response
}
