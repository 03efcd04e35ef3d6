import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from 'node:http2'
import { type AddressInfo, type Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { identity } from '../support/identity.ts'
import { httpProxy } from '../support/proxies.ts'
import { type Exchange, MessageExchange, StreamExchange } from './exchange.ts'
import { FrameTap } from './frame-tap.ts'
import { fields, type Message, type Play, type Received } from './plays.ts'
import { Serving } from './serving.ts'
import type { Addresses } from './transports.ts'

/** Codes of a connection that ended within a message. */
const ending = /^(E[A-Z]+|HPE_INVALID_EOF_STATE|ERR_HTTP2_SESSION_ERROR|ERR_STREAM_DESTROYED)$/

/**
 * The origin of the chaos run, in a process of its own. Node's parser and the HTTP/2 frames decide which messages are
 * complete, not this package.
 */
class ChaosOrigin {
  readonly #messages: Message[] = []
  readonly #faults: string[] = []
  readonly #attempts = new Map<string, number>()
  /** The TCP connections below those with TLS. */
  readonly #beneath = new WeakMap<object, Socket>()
  readonly #taps = new WeakMap<Http2Session, FrameTap>()
  #requests = 0

  async listen(): Promise<Addresses> {
    const secret = await identity()
    const http1 = this.#http1()
    const http2 = this.#http2()
    const tls = createTlsServer({ ...secret, noDelay: true, ALPNProtocols: ['h2', 'http/1.1'] })
    const connections = new Map<number | undefined, Socket>()
    tls.on('connection', (connection: Socket) => {
      const { remotePort } = connection
      connections.set(remotePort, connection)
      connection.on('close', () => connections.delete(remotePort))
    })
    // Faults can also hit handshakes.
    tls.on('tlsClientError', () => {})
    tls.on('secureConnection', (socket) => {
      const connection = connections.get(socket.remotePort)
      socket.on('error', () => {})
      if (connection === undefined) return
      this.#beneath.set(socket, connection)
      if (socket.alpnProtocol !== 'h2') {
        http1.emit('connection', socket)
        return
      }
      const tap = new FrameTap(socket, connection)
      http2.once('session', (session) => this.#taps.set(session, tap))
      http2.emit('connection', tap)
    })
    const proxy = new URL(`http://${(await httpProxy()).host}`)
    return {
      plain: await listening(http1),
      secure: await listening(tls),
      proxy: Number(proxy.port),
      ca: secret.cert,
    }
  }

  received(): Received {
    return { messages: this.#messages, faults: this.#faults, requests: this.#requests }
  }

  #http1(): Server {
    const take = (asked: boolean) => (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request
      const exchange = new MessageExchange(request, this.#beneath.get(socket) ?? socket)
      this.#serve(request, response, exchange, asked)
    }
    return createServer({ requestTimeout: 0, headersTimeout: 0, noDelay: true })
      .on('request', take(false))
      .on('checkContinue', take(true))
      .on('clientError', (error, socket) => {
        this.#note(error)
        if (socket instanceof Socket) socket.destroy()
      })
  }

  #http2(): Http2Server {
    const take =
      (asked: boolean) => (request: Http2ServerRequest, response: Http2ServerResponse) => {
        const { session } = request.stream
        const tap = session === undefined ? undefined : this.#taps.get(session)
        if (tap === undefined) return
        const exchange = new StreamExchange(request, tap)
        // The classes of Node's two servers are compatible in the parts that are used here.
        const alike = [request, response] as unknown as [IncomingMessage, ServerResponse]
        this.#serve(...alike, exchange, asked)
      }
    return createHttp2Server()
      .on('request', take(false))
      .on('checkContinue', take(true))
      .on('sessionError', (error) => this.#note(error))
  }

  #note(error: NodeJS.ErrnoException): void {
    if (!ending.test(error.code ?? '')) this.#faults.push(`${error.code}: ${error.message}`)
  }

  #serve(
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
    asked: boolean,
  ): void {
    const { headers, method, url } = request
    const upload = headers[fields.id]
    const plays = String(headers[fields.plays] ?? 'go').split(' ') as Play[]
    this.#requests += 1
    const name = typeof upload === 'string' ? upload : `${method} ${url}`
    const attempt = this.#attempts.get(name) ?? 0
    this.#attempts.set(name, attempt + 1)
    const message = { upload: name, method: method ?? '', attempt }
    const serving = new Serving(request, response, exchange, asked)
    const { outcome } = serving
    exchange.whenComplete((digest) => {
      this.#messages.push({
        ...message,
        ...digest,
        // A getter, because the response may be sent later.
        get status() {
          return outcome.status
        },
        get refused() {
          return outcome.refused
        },
      })
    })
    serving.play(plays[attempt] ?? 'go', attempt)
  }
}

function listening(server: Server): Promise<number> {
  return new Promise((listens) => {
    server.listen(0, '127.0.0.1', 4096, () => listens((server.address() as AddressInfo).port))
  })
}

const origin = new ChaosOrigin()
process.on('message', () => process.send?.(origin.received()))
process.on('disconnect', () => process.exit())
process.send?.(await origin.listen())
