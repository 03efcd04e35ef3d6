import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { Server as NetServer } from 'node:net'
import { identity } from '../../../support/identity.ts'
import { listening } from '../../../support/listening.ts'
import {
  allCases,
  type RealServer,
  type Running,
  smallLimit,
  type TlsServer,
  type Versions,
} from './server.ts'

/** How a server of node:http handles expectations. */
export type Setup = 'default' | 'checkContinue' | '417'

/** Counts stored content by name. */
export class Ledger {
  readonly #stored = new Map<string, string[]>()

  /** A bound function, as {@link Running} requires. */
  readonly stored = (name: string): readonly string[] => this.#stored.get(name) ?? []

  /** Records that content was stored at a path. */
  note(path: string, sum: string): void {
    const name = path.slice(path.lastIndexOf('/') + 1)
    this.#stored.set(name, [...this.stored(name), sum])
  }
}

interface Refusal {
  readonly status: number
  readonly headers?: Record<string, string>
}

/** The refusal that the path, and the length where it is known, require before the content. */
export function refusal(path: string, length: number): Refusal | null {
  if (path.startsWith('/small/') && length > smallLimit) return { status: 413 }
  if (path.startsWith('/private/')) {
    return { status: 401, headers: { 'www-authenticate': 'Basic realm="uploads"' } }
  }
  if (path.startsWith('/moved/')) {
    return { status: 307, headers: { location: path.replace('/moved/', '/files/') } }
  }
  return path.startsWith('/missing/') ? { status: 404 } : null
}

/** A server of node:http that records uploads. */
export async function ledger(setup: Setup = 'default', tls = false): Promise<Running> {
  const book = new Ledger()
  const server: Server = tls ? createTlsServer(await identity()) : createServer()
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response, book).catch(() => response.destroy())
  }
  server.on('request', take)
  if (setup === 'checkContinue') {
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (refused(request) === null) response.writeContinue()
      take(request, response)
    })
  }
  if (setup === '417') {
    server.on('checkContinue', (_request, response: ServerResponse) => {
      response.writeHead(417).end()
    })
  }
  return { port: await listening(server), stored: book.stored }
}

/** A server of node:http2 over TLS that records uploads; it can also answer 417. */
async function secureLedger(versions: Versions): Promise<Running> {
  const book = new Ledger()
  const server = await secureServer(versions)
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response, book).catch(() => response.destroy())
  }
  server.on('request', take)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/picky/')) {
      response.writeHead(417).end()
      return
    }
    // Node does this where this event has no listener.
    response.writeContinue()
    take(request, response)
  })
  return { port: await listening(server), stored: book.stored }
}

async function secureServer(versions: Versions): Promise<NetServer> {
  const secret = await identity()
  if (versions === 'HTTP/1.1') return createTlsServer(secret)
  return createSecureServer({ ...secret, allowHTTP1: versions === 'both' })
}

function refused({ url = '', headers }: IncomingMessage): Refusal | null {
  return refusal(url, Number(headers['content-length'] ?? 0))
}

async function serve(request: IncomingMessage, response: ServerResponse, book: Ledger) {
  const early = refused(request)
  if (early !== null) {
    response.writeHead(early.status, early.headers).end()
    return
  }
  const { url = '' } = request
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (refusal(url, length) !== null) {
      response.writeHead(413).end()
      return
    }
    hash.update(chunk)
  }
  book.note(url, hash.digest('hex'))
  response.writeHead(201).end()
}

export const nodeServers: readonly RealServer[] = [
  { name: 'Node', needs: [], start: () => ledger() },
  { name: 'Node, TLS', needs: [], tls: true, start: () => ledger('default', true) },
  { name: 'Node, checkContinue', needs: [], start: () => ledger('checkContinue') },
  { name: 'Node, 417 to all that ask', needs: [], start: () => ledger('417') },
]

export const nodeTls: TlsServer = {
  name: 'Node',
  needs: [],
  versions: ['both', 'HTTP/1.1', 'HTTP/2'],
  cases: [...allCases, '417'],
  start: secureLedger,
}
