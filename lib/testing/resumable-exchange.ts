import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import type { Writable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { OriginResponse } from './serving.ts'

/** A fault in a request. */
export interface ResumableFault {
  /** After how many bytes of its content. @default after all of it */
  readonly after?: number
  /** Resets the connection, stops reading, answers with a status, or does not answer. */
  readonly with: 'reset' | 'stall' | 'silence' | number
}

/** The properties of a request by which faults are chosen. */
export interface ResumableRequest {
  readonly method: string
  readonly path: string
  /** The number of the request, from 1. */
  readonly number: number
}

/** Options that make requests fail, or change their responses. */
export interface ResumableFaults {
  /** Chooses the fault of a request; `null` for none. */
  fault?: (request: ResumableRequest) => ResumableFault | null
  /** Changes the fields of a response, also of interim ones; `null` drops the response. */
  alter?: (
    fields: OutgoingHttpHeaders,
    status: number,
    request: ResumableRequest,
  ) => OutgoingHttpHeaders | null
}

/** One request of a resumable upload, and the response to it. */
export class ResumableExchange {
  readonly request: ResumableRequest
  readonly fault: ResumableFault | null
  readonly #message: IncomingMessage
  readonly #response: ServerResponse
  readonly #options: ResumableFaults
  #asked: boolean
  #failed = false

  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    asked: boolean,
    request: ResumableRequest,
    options: ResumableFaults,
  ) {
    this.#message = message
    this.#response = response
    this.#asked = asked
    this.request = request
    this.#options = options
    this.fault = options.fault?.(request) ?? null
    // A client that closes the connection must not end the origin.
    message.on('error', () => {})
    response.on('error', () => {})
  }

  field(name: string): string {
    return String(this.#message.headers[name] ?? '')
  }

  number(name: string): number | null {
    const value = this.field(name)
    return /^\d+$/.test(value) ? Number(value) : null
  }

  get uploadComplete(): boolean | null {
    const value = this.field('upload-complete')
    return value === '?1' || (value === '?0' ? false : null)
  }

  get isOver(): boolean {
    return this.#failed || this.#response.headersSent || this.#isGone
  }

  /** Whether the client has closed the connection. */
  get #isGone(): boolean {
    const { destroyed, complete } = this.#message
    // Node destroys a request that was read to its end, too.
    return (destroyed && !complete) || (streamOf(this.#message)?.destroyed ?? false)
  }

  read(onChunk: (chunk: Buffer) => void, onEnd: () => void): void {
    if (this.#asked) this.#response.writeContinue()
    this.#asked = false
    this.#message.on('data', (chunk: Buffer) => {
      // Bytes that arrive after a reset do not count.
      if (!this.#failed) onChunk(chunk)
    })
    this.#message.on('end', () => {
      // Over HTTP/2 an aborted request emits 'end' too.
      if (this.#message.complete && !streamOf(this.#message)?.aborted) onEnd()
    })
  }

  /** Stops reading until a stream has room. */
  holdFor(stream: Writable): void {
    this.#message.pause()
    const resume = (): void => {
      stream.off('drain', resume).off('close', resume)
      if (!this.#failed) this.#message.resume()
    }
    stream.on('drain', resume).on('close', resume)
  }

  /** Calls this when the request breaks off before its end. */
  whenBroken(broken: () => void): void {
    this.#message.on('close', () => this.#message.complete || broken())
  }

  inform(fields: OutgoingHttpHeaders): void {
    const version = { 'upload-draft-interop-version': this.field('upload-draft-interop-version') }
    const sent = this.#altered({ ...version, ...fields }, 104)
    if (sent === null || this.isOver) return
    const stream = streamOf(this.#message)
    if (stream !== null) {
      stream.additionalHeaders({ ':status': 104, ...sent })
      return
    }
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`)
    const head = `HTTP/1.1 104 Upload Resumption Supported\r\n${lines.join('')}\r\n`
    this.#message.socket.write(head)
  }

  answer(status: number, fields: OutgoingHttpHeaders = {}, body: string | Uint8Array = ''): void {
    const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sent = this.#altered({ ...length, ...fields }, status)
    if (sent === null || this.#response.headersSent || this.#isGone) return
    this.#response.writeHead(status, sent)
    this.#response.end(body)
  }

  /** The final response to the upload. */
  finish({ status, headers, body }: OriginResponse, fields: OutgoingHttpHeaders = {}): void {
    this.answer(status, { 'upload-complete': '?1', ...fields, ...headers }, body)
  }

  fail(): void {
    const { with: how = 'reset' } = this.fault ?? {}
    this.#failed = true
    if (typeof how === 'number') this.answer(how)
    else if (how === 'reset') this.reset()
    else if (how === 'stall') this.#message.pause()
  }

  /** Ends the connection, or the stream. */
  reset(): void {
    this.#failed = true
    const stream = streamOf(this.#message)
    const { socket } = this.#message
    if (stream !== null) stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    else if (socket instanceof TLSSocket) socket.destroy()
    else socket.resetAndDestroy()
  }

  #altered(fields: OutgoingHttpHeaders, status: number): OutgoingHttpHeaders | null {
    const { alter } = this.#options
    return alter === undefined ? fields : alter(fields, status, this.request)
  }
}

function streamOf(message: IncomingMessage): ServerHttp2Stream | null {
  return (message as { stream?: ServerHttp2Stream }).stream ?? null
}
