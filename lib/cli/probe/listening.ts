import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { Question } from './asking.ts'
import { readResponses } from './responses.ts'

/** What an origin sent on three connections, byte by byte, as latin1 text. */
export interface Heard {
  /** Where nothing was said to it. */
  readonly idle: string
  /** To a request that asks, without its content. */
  readonly asking: string
  /** To a request that does not ask, without its content. */
  readonly unasking: string
}

/** A good deal more than a client puts up with. */
const enough = 65_536

/**
 * Listens to what no HTTP client shows, on connections of its own, until the wait is over or
 * all has been said. No content is sent.
 */
export async function listen(
  question: Question,
  tls: ConnectionOptions,
  signal: AbortSignal,
): Promise<Heard> {
  signal.throwIfAborted()
  const { url, wait } = question
  const over = new AbortController()
  const until = AbortSignal.any([signal, AbortSignal.timeout(wait), over.signal])
  const hear = (request: string): Promise<string> => hearOn(open(url, tls), request, until)
  const idle = hear('')
  const [asking, unasking] = await Promise.all([
    hear(headOf(question, 'expect: 100-continue\r\n')),
    hear(headOf(question, '')),
  ])
  over.abort()
  return { idle: await idle, asking, unasking }
}

/** What comes on a connection, up to a final response or the end. */
function hearOn(socket: Socket, request: string, until: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const finish = (): void => {
      until.removeEventListener('abort', finish)
      socket.destroy()
      resolve(text)
    }
    until.addEventListener('abort', finish)
    socket.setEncoding('latin1')
    socket.on('data', (piece: string) => {
      text += piece
      if (text.length > enough || readResponses(text).final !== null) finish()
    })
    socket.on('error', finish)
    socket.on('end', finish)
    if (request !== '') socket.write(request, 'latin1')
  })
}

function open(url: URL, tls: ConnectionOptions): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.protocol === 'http:') return connectTcp({ host, port: Number(url.port || 80) })
  // An address is no server name (RFC 6066, section 3).
  const servername = isIP(host) === 0 ? host : ''
  return connectTls({ ...tls, host, servername, port: Number(url.port || 443) })
}

function headOf({ url, method, headers, size }: Question, expectation: string): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const target = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n`
  return `${target}${fields}content-length: ${size}\r\n${expectation}\r\n`
}
