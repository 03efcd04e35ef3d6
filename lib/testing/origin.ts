import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { refuseUnknown } from '../unknown.ts'
import { type ResumableOptions, ResumableUploads } from './resumable.ts'
import type { SeenUpload } from './resumable-upload.ts'
import type { SeenRequest, WireEvent } from './seen.ts'
import { type OriginMode, Serving, type ServingOptions } from './serving.ts'

/** Options of an origin. */
export interface OriginOptions extends ServingOptions {
  /** What it does with a request, or a function that decides for each. @default 'go' */
  mode?: OriginMode | ((request: SeenRequest) => OriginMode)
  /** Options of the mode `'resumable'`. */
  resumable?: ResumableOptions
  /** A key, a certificate and other options of a TLS server. Without it the origin speaks plain HTTP. */
  tls?: TlsOptions
  /** The address to listen on. @default '127.0.0.1' */
  host?: string
  /** The port to listen on; 0 for a free one. @default 0 */
  port?: number
  /** The path of a Unix socket to listen on, instead of an address and a port. */
  socketPath?: string
  /** Whether `requests` and `events` are kept, which grow with each request. @default true */
  record?: boolean
  /** Called with each request when it was answered or its connection has ended. */
  onRequest?: (request: SeenRequest) => void
}

/** An HTTP/1.1 origin. */
export interface TestOrigin extends AsyncDisposable {
  /** Its URL, without a trailing slash. */
  readonly url: string
  /** The requests so far, in order of their heads. */
  readonly requests: readonly SeenRequest[]
  /** Everything that went over the wire, in order. */
  readonly events: readonly WireEvent[]
  /** The resumable uploads, in the order of their creation. */
  readonly uploads: readonly SeenUpload[]
  /** The number of connections so far. */
  readonly connections: number
  /** Changes what it does with later requests. */
  mode: NonNullable<OriginOptions['mode']>
  /** Stops listening and closes all connections. */
  close(): Promise<void>
}

/**
 * Starts an origin for tests that answers expectations, which mocks cannot do.
 *
 * ```ts
 * const origin = await startOrigin({ mode: 413 })
 * const { response } = await upload(`${origin.url}/file`, content)
 * assert.equal(origin.requests[0].bytes, 0)
 * await origin.close()
 * ```
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export async function startOrigin(options: OriginOptions = {}): Promise<TestOrigin> {
  check(options)
  const origin = new LoopbackOrigin(options)
  await origin.listen()
  return origin
}

/** The types that each option takes. */
const kinds: Record<keyof OriginOptions, readonly string[]> = {
  mode: ['string', 'number', 'object', 'function'],
  resumable: ['object'],
  tls: ['object'],
  host: ['string'],
  port: ['number'],
  socketPath: ['string'],
  record: ['boolean'],
  onRequest: ['function'],
  response: ['string', 'object', 'function'],
  delay: ['number'],
  keepContent: ['boolean'],
  store: ['function'],
}

function check(options: OriginOptions): void {
  refuseUnknown(options, Object.keys(kinds))
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const wanted = kinds[name as keyof OriginOptions]
    if (wanted.includes(typeof value) && value !== null && !Number.isNaN(value)) continue
    throw new TypeError(
      `Option '${name}' must be of type ${wanted.join(', ')}, not ${String(value)}`,
    )
  }
}

class LoopbackOrigin implements TestOrigin {
  mode: NonNullable<OriginOptions['mode']>
  readonly requests: SeenRequest[] = []
  readonly events: WireEvent[] = []
  connections = 0
  readonly #options: OriginOptions
  readonly #resumable: ResumableUploads
  readonly #server: Server
  readonly #numbers = new WeakMap<Socket, number>()
  readonly #begun = performance.now()

  constructor(options: OriginOptions) {
    this.mode = options.mode ?? 'go'
    this.#options = options
    this.#resumable = new ResumableUploads(options.resumable)
    this.#server = options.tls === undefined ? createServer() : createTlsServer(options.tls)
    // No time limit: node's default ends uploads after five minutes.
    this.#server.requestTimeout = 0
    const event = options.tls === undefined ? 'connection' : 'secureConnection'
    this.#server.on(event, (socket: Socket) => {
      this.connections += 1
      this.#numbers.set(socket, this.connections)
    })
    this.#server.on('request', (...message) => this.#serve(...message, false))
    this.#server.on('checkContinue', (...message) => this.#serve(...message, true))
  }

  get url(): string {
    const scheme = this.#options.tls === undefined ? 'http' : 'https'
    const address = this.#server.address()
    if (address === null || typeof address === 'string') return `${scheme}://localhost`
    const { address: host, port, family } = address
    return `${scheme}://${family === 'IPv6' ? `[${host}]` : host}:${port}`
  }

  get uploads(): readonly SeenUpload[] {
    return this.#resumable.uploads
  }

  listen(): Promise<void> {
    const { socketPath, host = '127.0.0.1', port = 0 } = this.#options
    const where = socketPath === undefined ? { host, port } : { path: socketPath }
    return new Promise((listening, failed) => {
      this.#server.on('error', failed).listen(where, () => listening())
    })
  }

  close(): Promise<void> {
    return new Promise((closed) => {
      this.#server.close(() => closed())
      this.#server.closeAllConnections()
      this.#resumable.close()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #serve(message: IncomingMessage, response: ServerResponse, asked: boolean): void {
    const { record = true, onRequest } = this.#options
    const connection = this.#numbers.get(message.socket) ?? 0
    const head = { asked, connection }
    const serving = new Serving(message, response, head, this.#options, (event) => {
      const atMs = performance.now() - this.#begun
      if (record) this.events.push({ atMs, connection, direction: 'in', what: '', ...event })
    })
    const { seen } = serving
    if (record) this.requests.push(seen)
    if (onRequest !== undefined) response.on('close', () => onRequest(seen))
    serving.mode = typeof this.mode === 'function' ? this.mode(seen) : this.mode
    if (serving.mode === 'resumable') serving.pass(this.#resumable)
    else serving.begin()
  }
}
