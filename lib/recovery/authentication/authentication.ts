import type { TunnelAuthentication, TunnelCredentials } from '../../connection/tunnel.ts'
import type { InContext } from '../../content/upload-content.ts'
import { type Authenticate, ownOf } from '../../options/authenticate.ts'
import type { HttpRequest } from '../../upload/http-request.ts'
import type { ProxyRouting } from '../../upload/proxy-routing.ts'
import type { RecoveryStep } from '../../upload/recovery-step.ts'
import { ByCredentials } from './by-credentials.ts'
import { ByFunction } from './by-function.ts'
import { originSpace, proxySpaceOf, tunnelSpace } from './protection-space.ts'

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

/** Answers the challenges of a proxy to a CONNECT. */
export function tunnelAuthentication(
  authenticate: Authenticate,
  number: number,
  inContext: InContext,
): TunnelAuthentication | null {
  if (typeof authenticate === 'function') {
    return ({ proxy, origin, headers }) => {
      const step = new ByFunction(tunnelSpace(proxy), (challenge) =>
        inContext(() => authenticate(challenge)),
      )
      return byStep(step, number, { origin, path: '/', headers })
    }
  }
  const { proxy: credentials } = authenticate
  if (credentials === undefined) return null
  return ({ proxy, authority, headers }) => {
    const step = new ByCredentials(tunnelSpace(proxy), ownOf(authenticate), credentials)
    return byStep(step, number, { origin: proxy, path: authority, headers })
  }
}

/** Answers challenges with the step of an upload, as for a request without content. */
function byStep(
  step: ByCredentials | ByFunction,
  number: number,
  target: Pick<HttpRequest, 'origin' | 'path' | 'headers'>,
): TunnelCredentials {
  const httpRequest: HttpRequest = { ...target, method: 'CONNECT', hasContent: false }
  return {
    headers: () => step.prepared(httpRequest).headers,
    async challenged(fields) {
      const challenged = { status: 407, fields, httpRequest, number, sendable: true }
      return (await step.answered(challenged)) !== null
    },
  }
}
