import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { readContent, type Seen } from './request-content.ts'
import type { ResumableUploads } from './resumable.ts'
import type { SeenRequest, WireEvent } from './seen.ts'

/** A response to a request. */
export interface OriginResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/**
 * What an origin does with a request. `'go'` answers an expectation with 100, `'silent'` does not
 * answer it, and both read the content. A status or a whole response refuses the request before
 * its content, and `'reset'` resets the connection. A 417 is only for requests that ask; others are
 * read. `'resumable'` serves resumable uploads by the options of that name, which replace all others.
 */
export type OriginMode = 'go' | 'silent' | 'reset' | 'resumable' | number | OriginResponse

/**
 * The answer once the content was read: a response, `'reset'` for a reset of the connection, or
 * `'nothing'`.
 */
export type OriginAnswer = OriginResponse | 'reset' | 'nothing'

/** How requests are served. */
export interface ServingOptions {
  /**
   * The answer once the content was read, or a function that decides for each request.
   *
   * @default 201 without content
   */
  response?: OriginAnswer | ((request: SeenRequest) => OriginAnswer)
  /** Milliseconds before the head of a request is answered. @default 0 */
  delay?: number
  /** Whether the content is kept, for `SeenRequest.content`. @default false */
  keepContent?: boolean
  /**
   * A stream for the content of a request that is not refused before it; `null` for none. The
   * answer waits until the stream has finished, and is 500 if it fails. If the content breaks off,
   * the stream is destroyed.
   *
   * @default nowhere
   */
  store?: (request: SeenRequest) => Writable | null
}

export class Serving {
  mode: OriginMode = 'go'
  readonly seen: Seen
  readonly #message: IncomingMessage
  readonly #response: ServerResponse
  readonly #options: ServingOptions
  readonly #note: (event: Partial<WireEvent>) => void
  #judged = false
  #contentRead = false

  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    head: Pick<SeenRequest, 'asked' | 'connection'>,
    options: ServingOptions,
    note: (event: Partial<WireEvent>) => void,
  ) {
    const { method = '', url: path = '', headers } = message
    const yet = { status: 0, bytes: 0, sha256: '', content: Buffer.alloc(0) }
    this.seen = { method, path, headers, ...head, ...yet }
    this.#message = message
    this.#response = response
    this.#options = options
    this.#note = note
    note({ what: `${method} ${path} HTTP/1.1`, asks: head.asked })
  }

  /** Serves the request as one of a resumable upload. */
  pass(uploads: ResumableUploads): void {
    const response = this.#response
    const upload = uploads.serve(this.#message, response, this.seen.asked)
    const status = (): number => (response.headersSent ? response.statusCode : 0)
    const sha256 = (): string => (upload?.state === 'complete' ? upload.sha256 : '')
    Object.defineProperty(this.seen, 'status', { get: status, enumerable: true })
    Object.defineProperty(this.seen, 'sha256', { get: sha256, enumerable: true })
    this.#message.on('data', (chunk: Buffer) => {
      this.seen.bytes += chunk.length
    })
  }

  /** Answers the head, after the delay. */
  begin(): void {
    const { delay = 0, keepContent = false, store } = this.#options
    const refused = refusalOf(this.mode, this.seen.asked) !== null
    readContent(this.#message, this.seen, {
      keep: keepContent,
      store: refused || store === undefined ? null : store(this.seen),
      onEnd: () => {
        const { bytes } = this.seen
        if (bytes > 0) this.#note({ what: 'content', bytes })
      },
      onTaken: (error) => this.#take(error),
    })
    if (delay === 0) {
      this.#judge()
      return
    }
    const timer = setTimeout(() => this.#judge(), delay)
    this.#response.on('close', () => clearTimeout(timer))
  }

  #judge(): void {
    const { asked } = this.seen
    const refusal = refusalOf(this.mode, asked)
    this.#judged = true
    // Its content could not be stored.
    if (this.#response.headersSent) return
    if (refusal !== null) this.#answer(refusal)
    else if (this.#contentRead) this.#accept()
    else if (asked && this.mode === 'go') {
      this.#response.writeContinue()
      this.#note({ direction: 'out', what: 'HTTP/1.1 100 Continue' })
    }
  }

  #take(error: Error | null): void {
    this.#contentRead = true
    if (this.#response.headersSent) return
    if (error !== null) this.#answer({ status: 500 })
    else if (this.#judged) this.#accept()
  }

  #accept(): void {
    const { response: chosen = { status: 201 } } = this.#options
    this.#answer(typeof chosen === 'function' ? chosen(this.seen) : chosen)
  }

  #answer(answer: OriginAnswer): void {
    if (answer === 'nothing') return
    if (answer === 'reset') {
      this.#message.socket.resetAndDestroy()
      return
    }
    const { status, headers, body = '' } = answer
    const response = this.#response
    this.seen.status = status
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers })
    this.#note({ direction: 'out', what: `HTTP/1.1 ${status} ${response.statusMessage}` })
    response.end(body)
  }
}

function refusalOf(mode: OriginMode, asked: boolean): OriginAnswer | null {
  if (mode === 'go' || mode === 'silent' || mode === 'resumable') return null
  if (mode === 'reset') return mode
  const response = typeof mode === 'number' ? { status: mode } : mode
  return response.status === 417 && !asked ? null : response
}
