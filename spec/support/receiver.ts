import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type {
  Http2SecureServer,
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { closeLater } from './closing.ts'

/** A request as a server of Node received it. */
export interface Receipt {
  readonly method: string
  readonly path: string
  /** `1.1` or `2.0`. */
  readonly version: string
  /** Whether it had an expectation. */
  readonly asked: boolean
  readonly headers: IncomingMessage['headers']
  readonly content: Buffer
}

interface Receiver {
  readonly url: string
  readonly receipts: readonly Receipt[]
}

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

/** Starts a server that sends a 100, reads the content and answers 201 with its length. */
export async function receiver(
  server: Server | Http2Server | Http2SecureServer,
  scheme: 'http' | 'https',
  path?: string,
): Promise<Receiver> {
  const receipts: Receipt[] = []
  const sockets = new Set<Socket>()
  const receive = async (request: Request, response: Response): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url = '', headers, httpVersion: version } = request
    const content = Buffer.concat(chunks)
    const asked = headers.expect === '100-continue'
    receipts.push({ method, path: url, version, asked, headers, content })
    response.statusCode = 201
    response.end(String(content.length))
  }
  const take = (request: Request, response: Response): void => {
    receive(request, response).catch(() => response.destroy())
  }
  server.on('request', take)
  server.on('checkContinue', (request: Request, response: Response) => {
    response.writeContinue()
    take(request, response)
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((listening) => {
    if (path === undefined) server.listen(0, '127.0.0.1', listening)
    else server.listen(path, listening)
  })
  closeLater(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((closed) => server.close(closed))
  })
  const port = path === undefined ? (server.address() as AddressInfo).port : 80
  const host = path === undefined ? '127.0.0.1' : 'localhost'
  return { url: `${scheme}://${host}:${port}/upload`, receipts }
}
