/** The 100, as most origins write it. */
export const goAhead = 'HTTP/1.1 100 Continue\r\n\r\n'

const blankLine = '\r\n\r\n'

export function head(status: number, ...fields: string[]): string {
  return [`HTTP/1.1 ${status} As Scripted`, ...fields].join('\r\n') + blankLine
}

/** A whole response with a Content-Length, after which the connection stays open. */
export function response(status: number, text = '', ...fields: string[]): string {
  return head(status, `Content-Length: ${text.length}`, ...fields) + text
}

interface Framing {
  readonly name: string
  /** The content of the response. */
  readonly text: string
  /** The whole response. */
  of(status: number): string
  /** Whether the response ends when the connection closes. */
  readonly closes: boolean
}

/** The ways to frame a refusal (RFC 9112, section 6.3). */
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
