import { getSystemErrorMessage } from 'node:util'

/** Properties that errors of Node, OpenSSL and undici may have. */
interface Details {
  readonly code?: string
  readonly errno?: number | string
  readonly syscall?: string
  readonly path?: string
  readonly dest?: string
  readonly hostname?: string
  readonly address?: string
  readonly port?: number
  /** The message of OpenSSL. */
  readonly reason?: string
  readonly cause?: unknown
}

/** The flag for each option that a message of the library may name. */
const flags: readonly (readonly [RegExp, string])[] = [
  [/timeouts\.total/, '--timeout'],
  [/timeouts\.(stall|headers|body)\b.*(?=\))/, '--stall-timeout'],
  [/connectTimeout of the dispatcher/, '--connect-timeout'],
  [/ \((timeouts\.|undici)[^)]*\)$/, ''],
  [/maxRedirections/, '--max-redirects'],
  [/\b([Tt])he origin\b/, '$1he server'],
  [/; pass a stream to send it$/, "; upload it through standard input, with '-'"],
]

const meanings: readonly (readonly [RegExp, string])[] = [
  [/^ENOENT /, 'no such file'],
  [/^ENOTFOUND /, 'no such host'],
  [/^EAI_AGAIN /, 'the name cannot be looked up at the moment'],
  [/^(ECONNRESET |EPIPE |UND_ERR_SOCKET .*(closed|GOAWAY))/, 'the server closed the connection'],
  [
    /^UND_ERR_SOCKET bad upgrade/,
    'the server switched to another protocol (101) without being asked',
  ],
  [/^UND_ERR_HEADERS_OVERFLOW /, "the head of the server's response is too large"],
  [
    /^ERR_EXPECT_CONTENT_GONE /,
    'the body is needed again, and can be read only once; upload a file in place of a stream',
  ],
]

/** The message for an error, in plain words and without the codes of libraries. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // The AggregateError for a name with several addresses has no message.
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  // The Response's error for a body that breaks off.
  if (error.message === 'terminated' && error.cause !== undefined) {
    return `the response is incomplete: ${messageOf(error.cause)}`
  }
  const { code = error.name, errno, syscall, reason = error.message, cause } = error as Details
  const { path, dest = path, hostname, address, port } = error as Details
  const subject = dest ?? hostname ?? (address && `${address}:${port}`)
  const about = subject === undefined ? '' : `${subject}: `
  if (/before secure TLS/.test(reason)) {
    return 'TLS error: the server closed the connection during the handshake'
  }
  const meaning = meanings.find(([pattern]) => pattern.test(`${code} ${reason}`))?.[1]
  if (meaning !== undefined) return about + meaning
  if (/^ERR_(SSL|OSSL|TLS)|^EPROTO|CERT|^UNABLE_TO/.test(code)) return tlsMessage(code, reason)
  if (syscall && typeof errno === 'number') return about + getSystemErrorMessage(errno)
  if (error.name === 'HTTPParserError') return parserMessage(reason)
  if (code === 'ERR_EXPECT_PROXY' && cause instanceof Error) {
    return reason.replace(cause.message, () => messageOf(cause))
  }
  return flags.reduce((text, [name, flag]) => text.replace(name, flag), reason) || error.name
}

function tlsMessage(code: string, reason: string): string {
  if (/wrong version number|packet length too long|http request/.test(reason)) {
    return 'TLS error: the server does not speak TLS on this port (http:?)'
  }
  // Node appends its own advice to OpenSSL's message about a certificate.
  const what = reason.replace(/;.*$/s, '').trim()
  const isUntrusted = /^(?!ERR_).*CERT|^UNABLE_TO/.test(code)
  return `TLS error: ${what}${isUntrusted ? ' (--cacert trusts it, -k trusts any)' : ''}`
}

function parserMessage(message: string): string {
  const isOther = /Expected HTTP\//.test(message)
  if (isOther) return 'the server does not speak HTTP on this port (https:?)'
  return `the server's response is not HTTP: ${message}`
}
