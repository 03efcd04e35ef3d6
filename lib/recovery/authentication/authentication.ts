import type { Recourse } from '../../upload/recourse.ts'
import { type Authenticate, ownOf } from './authenticate.ts'
import { ByCredentials } from './by-credentials.ts'
import { ByFunction } from './by-function.ts'
import { originSpace, proxySpace } from './space.ts'

/**
 * What answers challenges to one upload (RFC 9110, section 11): the 401 of the origin that it
 * was made to, and the 407 of a proxy on the way there.
 */
export function authentication(authenticate: Authenticate | null, origin: string): Recourse[] {
  if (authenticate === null) return []
  const key = ownOf(authenticate)
  if (typeof authenticate === 'function') {
    return [originSpace, proxySpace].map(
      (space) => new ByFunction(space(origin), authenticate, key),
    )
  }
  const { proxy = {}, origin: only, ...own } = authenticate
  const spaces = [new ByCredentials(proxySpace(origin), key, proxy)]
  if (only !== undefined) spaces.push(new ByCredentials(originSpace(only), key, own))
  return spaces
}
