import type { HttpRequest } from '../../upload/http-request.ts'
import type { ProxyRouting } from '../../upload/proxy-routing.ts'

/** A server that asks for credentials, and its header fields (RFC 9110, section 11). */
export interface ProtectionSpace {
  readonly status: 401 | 407
  /** The origin of the upload or of the proxy, as `URL` writes it. */
  readonly origin: string
  /** The field of a response with its challenges. */
  readonly challenges: string
  /** The field of a request with the credentials. */
  readonly credentials: string
  /** The field of a response with the next nonce. */
  readonly info: string
  /** Whether a request may carry the credentials. */
  covers(httpRequest: HttpRequest): boolean
  /** The request target that the server receives. */
  target(httpRequest: HttpRequest): string
}

/** The origin that an upload was made to. */
export function originSpace(origin: string): ProtectionSpace {
  return {
    status: 401,
    origin: originOf(origin),
    challenges: 'www-authenticate',
    credentials: 'authorization',
    info: 'authentication-info',
    covers: (httpRequest) => originOf(httpRequest.origin) === originOf(origin),
    target: ({ path }) => path,
  }
}

/**
 * The proxy that receives an upload's requests in absolute form, at most one. An origin that is reached
 * directly or through a tunnel must not get the password of a proxy when it answers 407.
 */
export function proxySpaceOf(first: HttpRequest, routing: ProxyRouting): ProtectionSpace[] {
  const { forwarder } = routing
  // A caller whose path is the whole URL names the proxy as the origin.
  if (isWhole(first)) {
    const own = originOf(first.origin)
    const isOwn: ProtectionSpace['covers'] = (each) =>
      isWhole(each) && originOf(each.origin) === own
    return [proxySpace(own, isOwn)]
  }
  if (forwarder === null) return []
  const target = ({ origin, path }: HttpRequest): string => originOf(origin) + path
  return [{ ...proxySpace(forwarder, ({ origin }) => routing.forwards(origin)), target }]
}

export function tunnelSpace(proxy: string): ProtectionSpace {
  return proxySpace(proxy, () => true)
}

function proxySpace(proxy: string, covers: ProtectionSpace['covers']): ProtectionSpace {
  return {
    status: 407,
    origin: originOf(proxy),
    challenges: 'proxy-authenticate',
    credentials: 'proxy-authorization',
    info: 'proxy-authentication-info',
    covers,
    target: ({ path }) => path,
  }
}

function isWhole({ path }: HttpRequest): boolean {
  return /^https?:\/\//i.test(path)
}

function originOf(url: string): string {
  return new URL(url).origin
}
