import type { Dispatcher } from 'undici'
import { acceptedCodings, endToEnd, fieldList, type OutgoingRequest, targetOf } from './request.ts'

export interface UploadTarget {
  readonly url: string | URL
  readonly method: string
  readonly headers: RequestInit['headers']
  readonly signal: AbortSignal | null
  readonly type: string | null
  /** The `Host` of the incoming request whose content is passed on; that field is left out. */
  readonly passedHost?: string | undefined
}

/** @throws TypeError naming what cannot be used. */
export function uploadRequest(target: UploadTarget): OutgoingRequest {
  const url = parsed(target.url)
  const { passedHost } = target
  const given = endToEnd(new Headers(target.headers)).filter(
    ([name, value]) => name !== 'host' || value !== passedHost,
  )
  const headers = fieldList(given, target.headers, [
    ['content-type', target.type],
    ['accept', '*/*'],
    ['user-agent', userAgent],
    ['accept-encoding', acceptedCodings(given, url.protocol)],
  ])
  const method = normalized(target.method)
  return { ...targetOf(url), method, headers, signal: target.signal }
}

/** Name and version of this package (RFC 9110, section 10.1.5); bundles have no package.json to read. */
const userAgent = 'expect-continue/0.1.0'

function parsed(url: string | URL): URL {
  const text = String(url)
  const found = URL.parse(text)
  if (found === null) {
    throw new TypeError(`The URL '${redacted(text)}' cannot be parsed; pass an absolute one`)
  }
  const { protocol, username, password, host } = found
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`An upload goes to a URL of http: or https:, not of ${protocol}`)
  }
  if (username === '' && password === '') return found
  throw new TypeError(`The URL for ${host} holds credentials; pass them in an Authorization header`)
}

/** Removes everything up to the last `@`, which may be credentials. */
function redacted(url: string): string {
  return url.replace(/^.*@/s, '…@')
}

/** Methods that need no normalisation; others go through the platform's Request. */
const usual = ['PUT', 'POST', 'PATCH']

function normalized(method: string): Dispatcher.HttpMethod {
  const found = usual.includes(method)
    ? method
    : new Request('http://localhost', { method, body: '' }).method
  return found as Dispatcher.HttpMethod
}
