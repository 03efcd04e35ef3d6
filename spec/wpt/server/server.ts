import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { generate } from 'selfsigned'
import { handlers } from '../handlers/all.ts'
import { type Answer, send, sendRaw } from './answer.ts'
import { Call, type Incoming, type Stash } from './call.ts'
import { serveFile } from './files.ts'
import { host, hostNames, type Ports } from './site.ts'
import { type ParseError, rawOf, readStrange } from './strange.ts'

/** A server for the tests in a folder; it replaces the suite's own, which is in Python. */
export interface TestServer {
  readonly ports: Ports
  /** The certificate of the https origins, in PEM. */
  readonly certificate: string
  /** Requested server scripts that have no replacement here. */
  readonly missing: ReadonlySet<string>
  close(): void
}

type Requested = IncomingMessage | Http2ServerRequest
type Responding = ServerResponse | Http2ServerResponse

/** Serves a folder on free ports. */
export async function startServer(folder: string): Promise<TestServer> {
  const certified = await certify()
  const ports = { http: [0, 0] as [number, number], https: [0, 0] as [number, number] }
  const stash: Stash = new Map()
  const missing = new Set<string>()
  const answer = async (incoming: Incoming): Promise<Answer> => {
    const call = new Call(incoming, ports, stash)
    const handler = handlers.get(call.path)
    if (handler) return handler(call)
    if (call.path.endsWith('.py')) missing.add(call.path)
    return serveFile(folder, call)
  }
  const respond = (request: Requested, response: Responding) => {
    const answered = answer(request).then((found) => send(found, response))
    // Many tests disconnect early. An error of a handler must fail its test.
    answered.catch(() => response.destroy())
  }
  const refuse = (error: ParseError, socket: Duplex & Incoming['socket']) => {
    const request = readStrange(error, socket)
    const answered = request && answer(request).then((found) => sendRaw(rawOf(found), socket))
    if (answered) answered.catch(() => socket.destroy())
    else socket.destroy()
  }
  const two = [0, 1]
  // The strict parser rejects some fields that the tests send.
  const plain = two.map(() => createServer({ insecureHTTPParser: true }, respond))
  const secure = two.map(() => createSecureServer({ ...certified, allowHTTP1: true }, respond))
  const servers: Server[] = [...plain, ...secure]
  const sockets = new Set<Socket>()
  for (const server of servers) server.on('clientError', refuse)
  ports.http = await listen(plain, sockets)
  ports.https = await listen(secure, sockets)
  const close = () => {
    for (const server of servers) server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { ports, certificate: certified.cert, missing, close }
}

async function certify(): Promise<{ key: string; cert: string }> {
  const altNames = hostNames.map((value) => ({ type: 2, value }) as const)
  const extensions = [{ name: 'subjectAltName', altNames } as const]
  const subject = [{ name: 'commonName', value: host }]
  const { private: key, cert } = await generate(subject, { keySize: 2048, extensions })
  return { key, cert }
}

async function listen(servers: Server[], sockets: Set<Socket>): Promise<[number, number]> {
  const [first = 0, second = 0] = await Promise.all(
    servers.map((server) => {
      server.on('connection', (socket: Socket) => {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket))
      })
      return new Promise<number>((resolve, reject) => {
        server.on('error', reject)
        server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
      })
    }),
  )
  return [first, second]
}
