import { type Authenticate, ownOf } from '../../options/authenticate.ts'
import type { HttpRequest } from '../../upload/http-request.ts'
import type { ProxyRouting } from '../../upload/proxy-routing.ts'
import type { RecoveryStep } from '../../upload/recovery-step.ts'
import { ByCredentials } from './by-credentials.ts'
import { ByFunction } from './by-function.ts'
import { originSpace, proxySpaceOf } from './protection-space.ts'

/**
 * The recovery steps that answer challenges to one upload (RFC 9110, section 11): a 401 of its origin,
 * and a 407 of the proxy that receives its requests.
 */
export function authentication(
  authenticate: Authenticate | null,
  first: HttpRequest,
  routing: ProxyRouting,
): RecoveryStep[] {
  if (authenticate === null) return []
  const proxySpaces = proxySpaceOf(first, routing)
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
