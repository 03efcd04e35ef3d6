/** The go-ahead, as most origins write it. */
export const goAhead = 'HTTP/1.1 100 Continue\r\n\r\n'

const blankLine = '\r\n\r\n'

/** A response's head: its status line, its fields, and the blank line. */
export function head(status: number, ...fields: string[]): string {
  return [`HTTP/1.1 ${status} As Scripted`, ...fields].join('\r\n') + blankLine
}

/** A whole response on a connection that is kept, with a length. */
export function response(status: number, text = '', ...fields: string[]): string {
  return head(status, `Content-Length: ${text.length}`, ...fields) + text
}

/** One way in which a response can be framed. */
interface Framing {
  readonly name: string
  /** The content that comes out of it. */
  readonly text: string
  /** The whole response. */
  of(status: number): string
  /** Whether its end is the connection's. */
  readonly closes: boolean
}

/** The ways in which an origin frames a refusal. */
export const framings: readonly Framing[] = [
  { name: 'of a known length', text: 'no', closes: false, of: (status) => response(status, 'no') },
  {
    name: 'in chunks',
    text: 'no, never',
    closes: false,
    of: (status) =>
      `${head(status, 'Transfer-Encoding: chunked')}2\r\nno\r\n7\r\n, never\r\n0${blankLine}`,
  },
  { name: 'without content', text: '', closes: false, of: (status) => response(status) },
  {
    name: 'with Connection: close',
    text: 'no',
    closes: false,
    of: (status) => response(status, 'no', 'Connection: close'),
  },
  { name: 'up to the close', text: 'no', closes: true, of: (status) => `${head(status)}no` },
  {
    name: 'in HTTP/1.0',
    text: 'no',
    closes: true,
    of: (status) => `HTTP/1.0 ${status} As Scripted${blankLine}no`,
  },
]
