import type { Hop } from '../../upload/hop.ts'
import type { Ways } from '../../upload/ways.ts'

/** Who wants credentials, and the fields that go with it (RFC 9110, section 11). */
export interface Space {
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
  covers(hop: Hop): boolean
}

/** The origin that an upload was made to. */
export function originSpace(origin: string): Space {
  return {
    status: 401,
    origin: originOf(origin),
    challenges: 'www-authenticate',
    credentials: 'authorization',
    info: 'authentication-info',
    covers: (hop) => originOf(hop.origin) === originOf(origin),
  }
}

/**
 * The proxy that an upload's requests are sent to in absolute form, at most one. Whatever else
 * answers 407 is no proxy that anybody has named, and must not get the password of one: an origin
 * that is reached directly, or through a tunnel.
 */
export function proxySpaceOf(first: Hop, ways: Ways): Space[] {
  // Who sends the whole URL by themselves names the proxy as the origin.
  const own = isWhole(first) ? originOf(first.origin) : null
  const proxy = own ?? ways.forwarder
  if (proxy === null) return []
  const covers =
    own === null
      ? (hop: Hop) => ways.forwards(hop.origin)
      : (hop: Hop) => isWhole(hop) && originOf(hop.origin) === own
  return [
    {
      status: 407,
      origin: proxy,
      challenges: 'proxy-authenticate',
      credentials: 'proxy-authorization',
      info: 'proxy-authentication-info',
      covers,
    },
  ]
}

function isWhole({ path }: Hop): boolean {
  return /^https?:\/\//i.test(path)
}

function originOf(url: string): string {
  return new URL(url).origin
}
