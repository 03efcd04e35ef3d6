import type { Hop } from '../../upload/hop.ts'

/** Who wants credentials, and the fields that go with it (RFC 9110, section 11). */
export interface Space {
  readonly status: 401 | 407
  /** The origin that the upload was made to, in the one spelling that URLs have for it. */
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

/** The proxy on the way to that origin. */
export function proxySpace(origin: string): Space {
  return {
    status: 407,
    origin: originOf(origin),
    challenges: 'proxy-authenticate',
    credentials: 'proxy-authorization',
    info: 'proxy-authentication-info',
    covers: (hop) => originOf(hop.origin) === originOf(origin) && !isTunnelled(hop),
  }
}

/** What comes through a tunnel comes from the origin, which must not get the proxy's password. */
function isTunnelled({ origin, path }: Hop): boolean {
  return origin.startsWith('https:') && path.startsWith('/')
}

function originOf(url: string): string {
  return new URL(url).origin
}
