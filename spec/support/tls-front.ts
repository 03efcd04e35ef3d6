import {
  createServer as createHttp1Server,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import { connect, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { FrameReader } from './frames.ts'
import { identity } from './identity.ts'
import { listening } from './listening.ts'

/** What an origin does with a request. The servers of HTTP/1.1 and HTTP/2 have compatible classes. */
export type Play = (request: IncomingMessage, response: ServerResponse, asked: boolean) => void

export interface Front {
  readonly url: string
  /** How many connections were made. */
  readonly connections: number
  /** The frames that clients sent on HTTP/2 connections, in order. */
  readonly frames: readonly string[]
  /** The certificate to trust. */
  readonly ca: string
  /** For events that a play does not get. */
  readonly http2: Http2Server
  /** Resolves when a frame that matches has arrived. */
  until(frame: RegExp): Promise<void>
}

/** ALPN protocols by the name that titles use. */
export const protocols: Record<string, readonly string[]> = {
  'HTTP/1.1 only': ['http/1.1'],
  'HTTP/2 only': ['h2'],
  both: ['h2', 'http/1.1'],
}

/** Starts servers of HTTP/1.1 and HTTP/2 behind one TLS port, and records the HTTP/2 frames. */
export async function tlsFront(offered: readonly string[], play: Play): Promise<Front> {
  const frames: string[] = []
  const waiting = new Set<() => void>()
  let connections = 0
  const http2 = createHttp2Server()
  const ports = new Map([
    ['h2', await listening(playing(http2 as unknown as Server, play))],
    ['http/1.1', await listening(playing(createHttp1Server(), play))],
  ])
  const secret = await identity()
  const server = createTlsServer({ ...secret, noDelay: true, ALPNProtocols: [...offered] })
  server.on('secureConnection', (socket) => {
    connections += 1
    const protocol = socket.alpnProtocol || 'http/1.1'
    if (protocol === 'h2') {
      const reader = new FrameReader((frame) => {
        frames.push(frame)
        for (const look of waiting) look()
      })
      socket.on('data', (bytes: Buffer) => reader.read(bytes))
    }
    join(socket, connect(ports.get(protocol) ?? 0, '127.0.0.1'))
  })
  const url = `https://127.0.0.1:${await listening(server)}`
  const until = (wanted: RegExp): Promise<void> =>
    new Promise((seen) => {
      const look = (): void => {
        if (!frames.some((frame) => wanted.test(frame))) return
        waiting.delete(look)
        seen()
      }
      waiting.add(look)
      look()
    })
  return {
    url,
    frames,
    http2,
    until,
    ca: secret.cert,
    get connections() {
      return connections
    },
  }
}

function playing(server: Server, play: Play): Server {
  server.on('request', (request, response) => play(request, response, false))
  server.on('checkContinue', (request, response) => play(request, response, true))
  return server
}

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setNoDelay()
    from.pipe(to)
    from.on('error', () => {})
    from.on('close', () => to.destroy())
  }
}
