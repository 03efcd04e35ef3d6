import type { buildConnector } from 'undici'
import { http } from '../runtime/builtins.ts'
import { refuseUnknown } from '../unknown.ts'

/** A user name and a password. */
export interface ProxyCredentials {
  username: string
  password: string
}

/** A proxy and its settings. */
export interface ProxyOptions {
  /** `http:`, `https:` or `socks5:`; a user name and password in it are its credentials. */
  url: string | URL
  /** Further fields for an HTTP proxy, sent with each CONNECT or each request in absolute form. */
  headers?: Record<string, string>
  /** Sent to the proxy before it asks for them; to an HTTP proxy as Basic (RFC 7617). */
  credentials?: ProxyCredentials
  /** TLS options for the connection to an `https:` proxy, such as `ca`. */
  tls?: buildConnector.BuildOptions
  /** Origins that are reached without the proxy, as NO_PROXY lists them. */
  noProxy?: string
}

/** A proxy with its checked settings. */
export interface ProxyServer {
  readonly url: URL
  /** Scheme, host and port: its name in messages and in the memory of routes. */
  readonly name: string
  readonly socks: boolean
  readonly credentials: ProxyCredentials | null
  /** The fields for an HTTP proxy, including `Proxy-Authorization`. */
  readonly fields: Readonly<Record<string, string>>
  readonly tls: object
}

const names = ['url', 'headers', 'credentials', 'tls', 'noProxy']
const socksSchemes = ['socks5:', 'socks5h:', 'socks:']

/**
 * Checks the options of a proxy. Messages hold no values, which may be credentials.
 *
 * @param what is the name of the options in messages.
 * @throws TypeError naming what cannot be used.
 */
export function proxyServer(what: string, options: ProxyOptions): ProxyServer {
  refuseUnknown(options, names)
  const { headers = {}, tls = {} } = options
  const url = urlOf(what, options.url)
  const socks = socksSchemes.includes(url.protocol)
  const credentials = credentialsOf(what, url, options.credentials)
  const fields = fieldsOf(what, headers)
  if (typeof tls !== 'object' || tls === null)
    throw new TypeError(`${what}.tls must be TLS options`)
  if (url.protocol !== 'https:' && options.tls !== undefined)
    throw new TypeError(`${what}.tls means nothing to a proxy whose scheme is ${url.protocol}`)
  if (socks && Object.keys(headers).length > 0)
    throw new TypeError(`${what}.headers mean nothing to a SOCKS proxy; leave them out`)
  if (socks && credentials !== null) checkForSocks(what, credentials)
  if (!socks && credentials !== null) fields['proxy-authorization'] = basic(what, credentials)
  return { url, name: `${url.protocol}//${url.host}`, socks, credentials, fields, tls }
}

function urlOf(what: string, given: unknown): URL {
  const text = String(given)
  if ((typeof given !== 'string' && !(given instanceof URL)) || !URL.canParse(text))
    throw new TypeError(`${what} must have a URL such as http://proxy.example:3128`)
  const url = new URL(text)
  // Without a scheme, the text before the first colon may be a user name.
  if (!['http:', 'https:', ...socksSchemes].includes(url.protocol))
    throw new TypeError(`${what} must have a URL with a scheme: http://, https:// or socks5://`)
  if (url.hostname === '') throw new TypeError(`${what} has a URL without a host`)
  return url
}

function credentialsOf(what: string, url: URL, given: unknown): ProxyCredentials | null {
  const inUrl = url.username !== '' || url.password !== ''
  if (given === undefined) return inUrl ? decoded(what, url) : null
  if (inUrl) throw new TypeError(`${what} has credentials in its URL and beside it; keep one`)
  const { username, password } = Object(given) as Record<string, unknown>
  if (typeof username !== 'string' || typeof password !== 'string')
    throw new TypeError(`${what}.credentials must be { username, password }, both strings`)
  return { username, password }
}

function decoded(what: string, { username, password }: URL): ProxyCredentials {
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    throw new TypeError(`${what} has credentials in its URL that are not percent-encoded well`)
  }
}

/** undici would leave credentials out of which one is empty. */
function checkForSocks(what: string, { username, password }: ProxyCredentials): void {
  const sizes = [username, password].map((text) => Buffer.byteLength(text))
  if (sizes.every((size) => size >= 1 && size <= 255)) return
  throw new TypeError(
    `${what} must have a user name and a password of 1 to 255 bytes each, which SOCKS5 requires (RFC 1929)`,
  )
}

function basic(what: string, { username, password }: ProxyCredentials): string {
  if (username.includes(':'))
    throw new TypeError(`${what} has a user name with a colon, which Basic cannot carry`)
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function fieldsOf(what: string, headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    throw new TypeError(`${what}.headers must be an object of strings`)
  for (const [name, value] of Object.entries(headers)) {
    try {
      http.validateHeaderName(name)
      http.validateHeaderValue(name, value)
    } catch {
      throw new TypeError(`${what}.headers has a field that HTTP cannot carry: '${name}'`)
    }
  }
  return { ...headers }
}
