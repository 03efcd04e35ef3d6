import type { HttpRequest } from '../../upload/http-request.ts'
import type { ProxyRouting } from '../../upload/proxy-routing.ts'

/** Who wants credentials, and the fields that go with it (RFC 9110, section 11). */
export interface ProtectionSpace {
  readonly status: 401 | 407
  /** The origin that the upload was made to, or the proxy's, in the one spelling that URLs have for it. */
  readonly origin: string
  /** The field of a response with its challenges. */
  readonly challenges: string
  /** The field of a request with the credentials. */
  readonly credentials: string
  /** The field of a response with what is to be known for the next request. */
  readonly info: string
  /** Whether the credentials are for this request, too. */
  covers(httpRequest: HttpRequest): boolean
  /** What stands in the request line, as whoever wants the credentials gets it. */
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
 * The proxy that an upload's requests are sent to in absolute form, at most one. Whatever else
 * answers 407 is no proxy that anybody has named, and must not get the password of one: an origin
 * that is reached directly, or through a tunnel.
 */
export function proxySpaceOf(first: HttpRequest, routing: ProxyRouting): ProtectionSpace[] {
  // Who sends the whole URL by themselves names the proxy as the origin.
  const own = isWhole(first) ? originOf(first.origin) : null
  const proxy = own ?? routing.forwarder
  if (proxy === null) return []
  if (own !== null) {
    return [
      proxySpace(
        proxy,
        (httpRequest) => isWhole(httpRequest) && originOf(httpRequest.origin) === own,
      ),
    ]
  }
  const covers = (httpRequest: HttpRequest): boolean => routing.forwards(httpRequest.origin)
  const target = ({ origin, path }: HttpRequest): string => originOf(origin) + path
  return [{ ...proxySpace(proxy, covers), target }]
}

/** A proxy that is asked for a tunnel. */
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
