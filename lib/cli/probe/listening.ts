import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { ProbeQuestion } from './probing.ts'

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

/** What comes on a connection, up to a final response or the end. */
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
  // An address is no server name (RFC 6066, section 3).
  const servername = isIP(host) === 0 ? host : ''
  return connectTls({ ...tls, host, servername, port: Number(url.port || 443) })
}

function headOf({ url, method, headers, size }: ProbeQuestion, expectation: string): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const target = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n`
  return `${target}${fields}content-length: ${size}\r\n${expectation}\r\n`
}

/** The head of one response. */
export interface Head {
  readonly status: number
  /** Names of its fields, in lower case. */
  readonly fields: readonly string[]
  /** Whether a line of it ends in LF alone. */
  readonly bare: boolean
}

/** What an origin sent, as far as it can be read. */
export interface Responses {
  readonly interim: readonly Head[]
  /** Bytes that the interim responses have together. */
  readonly interimBytes: number
  /** The final response, when its head is whole. */
  readonly final: Head | null
  /** Whether something stands where a response has to begin and is none. */
  readonly broken: boolean
}

/** Reads the heads of responses, up to the first final one (RFC 9112, section 4). */
export function readResponses(text: string): Responses {
  const interim: Head[] = []
  let at = 0
  for (;;) {
    // Section 2.2: a parser lets line ends before a start line pass.
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
    // After a 101 there is no HTTP any more.
    if (status >= 200 || status === 101) return { ...none, final: read }
    interim.push(read)
    at += head.length
  }
}
