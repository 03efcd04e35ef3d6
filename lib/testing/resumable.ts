import { createHash } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import { TLSSocket } from 'node:tls'
import type { OriginResponse } from './serving.ts'

/** A resumable upload at the origin. */
export interface SeenUpload {
  /** The path of its resource. */
  readonly path: string
  /** The method and the path of the request that created it. */
  readonly target: string
  /** Bytes that have come and count. */
  readonly offset: number
  /** The length of the content, if the client has declared it. */
  readonly length: number | null
  readonly state: 'open' | 'complete' | 'cancelled' | 'invalid'
  /** The number of requests with content. */
  readonly appends: number
  /** Bytes of content that have come, including dropped ones. */
  readonly received: number
  /** The sha256 of the bytes that count, in hex. */
  readonly sha256: string
  /** The bytes that count, if `keepContent` is set. */
  readonly content: Buffer
}

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

/** Options for resumable uploads. */
export interface ResumableOptions {
  /** The supported interop versions. @default [8] */
  versions?: readonly number[]
  /** The `Upload-Limit`, which is enforced. @default 'min-size=0' */
  limit?: string
  /** Bytes between two 104s with an `Upload-Offset`; 0 for none of them. @default 1048576 */
  offsetEvery?: number
  /** Whether the content is kept. @default false */
  keepContent?: boolean
  /** The response to a complete upload. @default 201 without content */
  response?: (upload: SeenUpload) => OriginResponse
  /** Chooses the fault of a request; `null` for none. */
  fault?: (request: ResumableRequest) => ResumableFault | null
  /** Changes the fields of a response, also of interim ones; `null` drops the response. */
  alter?: (
    fields: OutgoingHttpHeaders,
    status: number,
    request: ResumableRequest,
  ) => OutgoingHttpHeaders | null
}

const defaults = {
  versions: [8] as readonly number[],
  limit: 'min-size=0',
  offsetEvery: 1_048_576,
  keepContent: false,
}

class Upload implements SeenUpload {
  readonly path: string
  readonly target: string
  readonly chunks: Buffer[] = []
  offset = 0
  received = 0
  appends = 0
  length: number | null = null
  state: SeenUpload['state'] = 'open'
  answer: OriginResponse | null = null
  /** Ends the request that brings content. */
  interrupt: (() => void) | null = null
  #hash = createHash('sha256')

  constructor(path: string, target: string) {
    this.path = path
    this.target = target
  }

  append(chunk: Buffer, keep: boolean): void {
    this.#hash.update(chunk)
    this.offset += chunk.length
    if (keep) this.chunks.push(chunk)
  }

  get sha256(): string {
    return this.#hash.copy().digest('hex')
  }

  get content(): Buffer {
    return Buffer.concat(this.chunks)
  }
}

/**
 * The server of draft-ietf-httpbis-resumable-upload, for node's HTTP/1.1 and HTTP/2 servers, with
 * faults on request.
 */
export class ResumableUploads {
  readonly #options: ResumableOptions & typeof defaults
  readonly #uploads = new Map<string, Upload>()
  #requests = 0

  constructor(options: ResumableOptions = {}) {
    this.#options = { ...defaults, ...options }
  }

  /** All uploads, in the order of their creation. */
  get uploads(): readonly SeenUpload[] {
    return [...this.#uploads.values()]
  }

  /**
   * Serves a request.
   *
   * @param asked says whether the client waits for a 100.
   */
  serve(message: IncomingMessage, response: ServerResponse, asked: boolean): void {
    this.#requests += 1
    const { method = '', url: path = '' } = message
    const request = { method, path, number: this.#requests }
    const exchange = new Exchange(message, response, asked, request, this.#options)
    const upload = this.#uploads.get(path)
    if (upload !== undefined) this.#resource(exchange, upload)
    else if (path.startsWith('/uploads/')) exchange.answer(404)
    else if (method === 'OPTIONS') exchange.answer(204, { 'upload-limit': this.#options.limit })
    else this.#create(exchange)
  }

  #create(exchange: Exchange): void {
    const { versions, limit } = this.#options
    const length = exchange.number('upload-length') ?? exchange.number('content-length')
    const version = exchange.number('upload-draft-interop-version')
    const path = `/uploads/${this.#uploads.size + 1}`
    const upload = new Upload(path, `${exchange.request.method} ${exchange.request.path}`)
    upload.length = length
    if (version !== null && versions.includes(version)) {
      if (length !== null && length > limitOf(limit, 'max-size')) {
        exchange.answer(413, { 'upload-limit': limit, 'upload-complete': '?0' })
        return
      }
      this.#uploads.set(path, upload)
      exchange.inform({ location: path, 'upload-limit': limit })
    }
    this.#take(exchange, upload)
  }

  #resource(exchange: Exchange, upload: Upload): void {
    const { limit } = this.#options
    // Ends an earlier request for the same upload (draft, "Concurrency").
    upload.interrupt?.()
    upload.interrupt = null
    if (upload.state === 'cancelled' || upload.state === 'invalid') exchange.answer(410)
    else if (exchange.request.method === 'DELETE') {
      upload.state = 'cancelled'
      exchange.answer(204)
    } else if (exchange.request.method === 'HEAD') {
      exchange.answer(204, {
        'upload-offset': String(upload.offset),
        'upload-complete': upload.state === 'complete' ? '?1' : '?0',
        ...(upload.length !== null && { 'upload-length': String(upload.length) }),
        'upload-limit': limit,
        'cache-control': 'no-store',
      })
    } else if (exchange.request.method === 'PATCH') this.#append(exchange, upload)
    else exchange.answer(405)
  }

  #append(exchange: Exchange, upload: Upload): void {
    const fields = { 'upload-offset': String(upload.offset), 'upload-complete': '?0' }
    const size = exchange.number('content-length')
    upload.length ??= exchange.number('upload-length')
    if (exchange.field('content-type') !== 'application/partial-upload') exchange.answer(415)
    else if (exchange.flag === null) exchange.answer(400)
    else if (exchange.number('upload-offset') !== upload.offset) exchange.answer(409, fields)
    else if ((size ?? 0) > limitOf(this.#options.limit, 'max-append-size')) {
      exchange.answer(413, { ...fields, 'upload-limit': this.#options.limit })
    } else if (upload.answer !== null) exchange.finish(upload.answer)
    else this.#take(exchange, upload)
  }

  /** Reads the content of a request. */
  #take(exchange: Exchange, upload: Upload): void {
    const { keepContent, offsetEvery } = this.#options
    const { after = Number.POSITIVE_INFINITY } = exchange.fault ?? {}
    let taken = 0
    let told = 0
    upload.appends += 1
    upload.interrupt = () => exchange.reset()
    const fails = (): boolean => {
      if (taken < after) return false
      exchange.fail()
      return true
    }
    if (fails()) return
    exchange.read(
      (chunk) => {
        upload.received += chunk.length
        if (exchange.isOver || upload.state !== 'open') return
        const bytes = chunk.subarray(0, after - taken)
        taken += bytes.length
        told += bytes.length
        upload.append(bytes, keepContent)
        if (upload.offset > (upload.length ?? Number.POSITIVE_INFINITY)) {
          upload.state = 'invalid'
          exchange.answer(400, { 'upload-complete': '?0' })
        } else if (!fails() && offsetEvery > 0 && told >= offsetEvery) {
          told = 0
          exchange.inform({ 'upload-offset': String(upload.offset) })
        }
      },
      () => {
        upload.interrupt = null
        if (exchange.isOver) return
        if (exchange.flag === false) this.#acknowledge(exchange, upload)
        else this.#complete(exchange, upload)
      },
    )
  }

  #acknowledge(exchange: Exchange, upload: Upload): void {
    const fields = { 'upload-offset': String(upload.offset), 'upload-complete': '?0' }
    const isNew = upload.path !== exchange.request.path
    exchange.answer(isNew ? 201 : 204, { ...fields, ...(isNew && { location: upload.path }) })
  }

  #complete(exchange: Exchange, upload: Upload): void {
    upload.length ??= upload.offset
    if (upload.offset < upload.length) {
      exchange.answer(400, { 'upload-complete': '?0' })
      return
    }
    const { response = () => ({ status: 201 }) } = this.#options
    upload.state = 'complete'
    upload.answer = response(upload)
    if (exchange.fault === null) exchange.finish(upload.answer)
    else exchange.fail()
  }
}

/** One request and the response to it. */
class Exchange {
  readonly request: ResumableRequest
  readonly fault: ResumableFault | null
  readonly #message: IncomingMessage
  readonly #response: ServerResponse
  readonly #options: ResumableOptions
  #asked: boolean
  #failed = false

  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    asked: boolean,
    request: ResumableRequest,
    options: ResumableOptions,
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

  /** The field `Upload-Complete`. */
  get flag(): boolean | null {
    const value = this.field('upload-complete')
    return value === '?1' ? true : value === '?0' ? false : null
  }

  get isOver(): boolean {
    return this.#failed || this.#response.headersSent || this.#isGone
  }

  /** Whether the client has closed the connection. */
  get #isGone(): boolean {
    return this.#message.destroyed || (streamOf(this.#message)?.destroyed ?? false)
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

  /** Sends a 104. */
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
  finish({ status, headers, body }: OriginResponse): void {
    this.answer(status, { 'upload-complete': '?1', ...headers }, body)
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

function limitOf(limits: string, name: string): number {
  return Number(
    new RegExp(`(?:^|[ ,])${name}=(\\d+)`).exec(limits)?.[1] ?? Number.POSITIVE_INFINITY,
  )
}
