import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/**
 * What an origin does with a request: `'go'` answers an expectation with 100, `'silent'`
 * with nothing, and both accept the content; a status refuses the request before its
 * content. A 417 is for requests that ask, all others are accepted.
 */
export type OriginMode = 'go' | 'silent' | number

/** One thing that went over the wire. */
export interface WireEvent {
  /** Milliseconds since the origin started. */
  readonly atMs: number
  /** Which connection, counted from 1. */
  readonly connection: number
  /** `'in'` came from the client, `'out'` went to it. */
  readonly direction: 'in' | 'out'
  /** The first line of a head, or `'content'`. */
  readonly what: string
  /** Whether a request's head carried the expectation. */
  readonly asks?: boolean
  /** Bytes of content. */
  readonly bytes?: number
}

/** A request as the origin saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Whether its head carried the expectation. */
  readonly asked: boolean
  /** The final status it was answered with; 0 as long as it was not. */
  readonly status: number
  /** Bytes of content that came so far. */
  readonly bytes: number
  /** The sha256 of the whole content, in hex; empty as long as it is not whole. */
  readonly sha256: string
  /** Which connection it came on, counted from 1. */
  readonly connection: number
}

/** An HTTP/1.1 origin that listens on 127.0.0.1. */
export interface TestOrigin {
  /** Where it listens, without a trailing slash. */
  readonly url: string
  /** The requests whose heads came, in order. */
  readonly requests: readonly SeenRequest[]
  /** All that went over the wire, in order. */
  readonly events: readonly WireEvent[]
  /** Changes what it does with the requests to come. */
  mode: OriginMode
  /** Stops listening and closes all connections. */
  close(): Promise<void>
}

/** Starts an origin that does with each request what its mode says. */
export async function startOrigin(mode: OriginMode): Promise<TestOrigin> {
  const origin = new LoopbackOrigin(mode)
  await origin.listen()
  return origin
}

class LoopbackOrigin implements TestOrigin {
  mode: OriginMode
  readonly requests: SeenRequest[] = []
  readonly events: WireEvent[] = []
  readonly #server = createServer()
  readonly #connections = new Map<Socket, number>()
  readonly #begun = performance.now()
  #count = 0

  constructor(mode: OriginMode) {
    this.mode = mode
    this.#server.on('connection', (socket: Socket) => {
      this.#count += 1
      this.#connections.set(socket, this.#count)
      socket.on('close', () => this.#connections.delete(socket))
    })
    this.#server.on('request', (request, response) => this.#answer(request, response, false))
    this.#server.on('checkContinue', (request, response) => this.#answer(request, response, true))
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  listen(): Promise<void> {
    return new Promise((listening, failed) => {
      this.#server.on('error', failed).listen(0, '127.0.0.1', () => listening())
    })
  }

  close(): Promise<void> {
    return new Promise((closed) => {
      this.#server.close(() => closed())
      this.#server.closeAllConnections()
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse, asked: boolean): void {
    const connection = this.#connections.get(request.socket) ?? 0
    const { method = '', url: path = '', headers } = request
    const seen = { method, path, headers, asked, status: 0, bytes: 0, sha256: '', connection }
    const hash = createHash('sha256')
    this.requests.push(seen)
    this.#note(connection, { what: `${method} ${path} HTTP/1.1`, asks: asked })
    request.on('data', (chunk: Buffer) => {
      seen.bytes += chunk.length
      hash.update(chunk)
    })
    // A client that goes away in the middle is nothing to stop for.
    request.on('error', () => {})
    const finish = (status: number): void => {
      seen.status = status
      response.writeHead(status, { 'content-length': 0 })
      this.#note(connection, {
        direction: 'out',
        what: `HTTP/1.1 ${status} ${response.statusMessage}`,
      })
      response.end()
    }
    request.on('end', () => {
      seen.sha256 = hash.digest('hex')
      if (seen.bytes > 0) this.#note(connection, { what: 'content', bytes: seen.bytes })
      if (!response.headersSent) finish(201)
    })
    if (typeof this.mode === 'number' && (this.mode !== 417 || asked)) finish(this.mode)
    else if (asked && this.mode === 'go') {
      response.writeContinue()
      this.#note(connection, { direction: 'out', what: 'HTTP/1.1 100 Continue' })
    }
  }

  #note(connection: number, event: Partial<WireEvent>): void {
    const atMs = performance.now() - this.#begun
    this.events.push({ atMs, connection, direction: 'in', what: '', ...event })
  }
}
