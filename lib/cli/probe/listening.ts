import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { ProbeQuestion } from './probing.ts'

/** The bytes that an origin sent on three connections, as latin1 text. */
export interface Heard {
  /** On a connection without a request. */
  readonly idle: string
  /** In answer to a request that asks, without its content. */
  readonly asking: string
  /** In answer to a request that does not ask, without its content. */
  readonly unasking: string
}

/** More bytes than any client accepts. */
const enough = 65_536

/**
 * Reads the raw bytes, which no HTTP client shows, on separate connections, until the wait is over
 * or all connections are done. No content is sent.
 */
export async function listen(
  question: ProbeQuestion,
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

/** The bytes from a connection, up to a final response or the end. */
function hearOn(socket: Socket, request: string, until: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    addAbortSignal(until, socket).setEncoding('latin1')
    socket.on('data', (piece: string) => {
      text += piece
      if (text.length > enough || readResponses(text).final !== null) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
    if (request !== '') socket.write(request, 'latin1')
  })
}

function open(url: URL, tls: ConnectionOptions): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.protocol === 'http:') return connectTcp({ host, port: Number(url.port || 80) })
  // An IP address is not allowed as a server name (RFC 6066, section 3).
  const servername = isIP(host) === 0 ? host : ''
  return connectTls({ ...tls, host, servername, port: Number(url.port || 443) })
}

function headOf({ url, method, headers, size }: ProbeQuestion, expectation: string): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const target = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n`
  return `${target}${fields}content-length: ${size}\r\n${expectation}\r\n`
}

export interface Head {
  readonly status: number
  /** Names of its fields, in lower case. */
  readonly fields: readonly string[]
  /** Whether a line of it ends in LF alone. */
  readonly bare: boolean
}

export interface Responses {
  readonly interim: readonly Head[]
  /** Bytes of all interim responses together. */
  readonly interimBytes: number
  readonly final: Head | null
  /** Whether the bytes at the place of a response are not one. */
  readonly broken: boolean
}

/** Reads the heads of responses, up to the first final one (RFC 9112, section 4). */
export function readResponses(text: string): Responses {
  const interim: Head[] = []
  let at = 0
  for (;;) {
    // Section 2.2: a parser ignores empty lines before a start line.
    at += /^[\r\n]*/.exec(text.slice(at))?.[0].length ?? 0
    const rest = text.slice(at)
    const none = { interim, interimBytes: at, final: null, broken: false }
    if (!'HTTP/1.'.startsWith(rest.slice(0, 7))) return { ...none, broken: true }
    const head = /^.*?\r?\n\r?\n/s.exec(rest)?.[0]
    if (head === undefined) {
      return { ...none, interimBytes: /^HTTP\/1\.\d 1/.test(rest) ? text.length : at }
    }
    const status = Number(/^HTTP\/1\.\d (\d{3})(?: |\r?\n)/.exec(head)?.[1])
    if (Number.isNaN(status)) return { ...none, broken: true }
    const lines = head.trimEnd().split(/\r?\n/).slice(1)
    const fields = lines.map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
    const read = { status, fields, bare: /(?<!\r)\n/.test(head) }
    // After a 101 the bytes are of another protocol.
    if (status >= 200 || status === 101) return { ...none, final: read }
    interim.push(read)
    at += head.length
  }
}
