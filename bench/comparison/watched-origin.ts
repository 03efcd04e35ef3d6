import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'

/** What the origin does with a request that has an expectation. */
export type Behaviour = 'go' | 'silent' | '417' | '413' | '307'

export interface Watched {
  readonly asked: boolean
  /** Bytes of content that arrived before the origin answered, or within 200 ms. */
  early: number
  /** Milliseconds from the head to the first byte of content; `null` without content. */
  waitedMs: number | null
  /** Bytes on the connection, including heads. */
  wire: number
  /** The sha256 of the whole content; `null` when it was incomplete. */
  sha256: string | null
}

/** Milliseconds before the origin answers. */
const thinking = 200

/** An origin with one behaviour, which records the requests. */
export class WatchedOrigin {
  readonly #seen: Watched[] = []
  readonly #behaviour: Behaviour
  readonly #server = createServer()
  readonly #sockets = new Set<Socket>()
  readonly #carriers = new Map<Watched, Socket>()

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour
    this.#server.on('connection', (socket) => this.#sockets.add(socket))
    this.#server.on('checkContinue', (...message) => this.#serve(...message, true))
    this.#server.on('request', (...message) => this.#serve(...message, false))
  }

  async listen(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/file`
  }

  /** Closes all connections and returns the requests. */
  close(): Watched[] {
    this.#server.close()
    for (const [watched, { bytesRead }] of this.#carriers) watched.wire = bytesRead
    for (const socket of this.#sockets) socket.destroy()
    return this.#seen
  }

  #serve(request: IncomingMessage, response: ServerResponse, asked: boolean): void {
    const begun = performance.now()
    const watched: Watched = {
      asked,
      early: 0,
      waitedMs: null,
      wire: 0,
      sha256: null,
    }
    this.#seen.push(watched)
    this.#carriers.set(watched, request.socket)
    request.on('error', () => {})
    const refused = this.#refused(request, response, asked)
    if (refused) return
    const hash = createHash('sha256')
    let answered = false
    request.on('data', (bytes: Buffer) => {
      watched.waitedMs ??= performance.now() - begun
      if (!answered) watched.early += bytes.length
      hash.update(bytes)
    })
    request.on('end', () => {
      watched.sha256 = hash.digest('hex')
      response.writeHead(201, { 'content-length': 0 }).end()
    })
    after(thinking).then(
      () => {
        answered = true
        if (asked && this.#behaviour === 'go' && !response.headersSent) response.writeContinue()
      },
      () => {},
    )
  }

  /** Answers at once, if that is the behaviour. Content that is unread by then is lost, as with many servers. */
  #refused(request: IncomingMessage, response: ServerResponse, asked: boolean): boolean {
    const again = request.url === '/moved'
    if (this.#behaviour === '413') {
      response.writeHead(413, { 'content-length': 0, connection: 'close' }).end()
      return true
    }
    if (this.#behaviour === '417' && asked) {
      response.writeHead(417, { 'content-length': 0, connection: 'close' }).end()
      return true
    }
    if (this.#behaviour === '307' && !again) {
      response
        .writeHead(307, { location: '/moved', 'content-length': 0, connection: 'close' })
        .end()
      return true
    }
    return false
  }
}
