import type { Recourse } from '../../upload/recourse.ts'
import type { Authenticate } from './authenticate.ts'
import { ByCredentials } from './by-credentials.ts'
import { ByFunction } from './by-function.ts'
import { originSpace, proxySpace } from './space.ts'

/**
 * What answers challenges to one upload (RFC 9110, section 11): the 401 of the origin that it
 * was made to, and the 407 of a proxy on the way there.
 */
export function authentication(authenticate: Authenticate | null, origin: string): Recourse[] {
  if (authenticate === null) return []
  if (typeof authenticate === 'function') {
    return [originSpace, proxySpace].map((space) => new ByFunction(space(origin), authenticate))
  }
  const { proxy = {}, origin: only = origin, ...own } = authenticate
  return [
    new ByCredentials(originSpace(only), authenticate, own),
    new ByCredentials(proxySpace(origin), authenticate, proxy),
  ]
}
