import { type Authenticate, ownOf } from '../../options/authenticate.ts'
import type { Hop } from '../../upload/hop.ts'
import type { Recourse } from '../../upload/recourse.ts'
import type { Ways } from '../../upload/ways.ts'
import { ByCredentials } from './by-credentials.ts'
import { ByFunction } from './by-function.ts'
import { originSpace, proxySpaceOf } from './space.ts'

/**
 * What answers challenges to one upload (RFC 9110, section 11): the 401 of the origin that it
 * was made to, and the 407 of a proxy that its requests are sent to.
 */
export function authentication(
  authenticate: Authenticate | null,
  first: Hop,
  ways: Ways,
): Recourse[] {
  if (authenticate === null) return []
  const proxySpaces = proxySpaceOf(first, ways)
  if (typeof authenticate === 'function') {
    const spaces = [originSpace(first.origin), ...proxySpaces]
    return spaces.map((space) => new ByFunction(space, authenticate))
  }
  const key = ownOf(authenticate)
  const { proxy = {}, origin: only, ...own } = authenticate
  const steps = proxySpaces.map((space) => new ByCredentials(space, key, proxy))
  if (only !== undefined) steps.push(new ByCredentials(originSpace(only), key, own))
  return steps
}
