import type { Tunnel, TunnelAuthentication, TunnelCredentials } from '../../connection/tunnel.ts'
import type { InContext } from '../../content/upload-content.ts'
import { type Authenticate, ownOf } from '../../options/authenticate.ts'
import type { HttpRequest } from '../../upload/http-request.ts'
import { ByCredentials } from './by-credentials.ts'
import { ByFunction } from './by-function.ts'
import { tunnelSpace } from './protection-space.ts'

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
      return byStep(step, requestTo(origin, '/', headers), number)
    }
  }
  const { proxy: credentials } = authenticate
  if (credentials === undefined) return null
  return ({ proxy, authority, headers }) => {
    const step = new ByCredentials(tunnelSpace(proxy), ownOf(authenticate), credentials)
    return byStep(step, requestTo(proxy, authority, headers), number)
  }
}

function requestTo(origin: string, path: string, headers: Tunnel['headers']): HttpRequest {
  return { origin, path, method: 'CONNECT', headers, hasContent: false }
}

/** Answers challenges with the step of an upload, as for a request without content. */
function byStep(
  step: ByCredentials | ByFunction,
  httpRequest: HttpRequest,
  number: number,
): TunnelCredentials {
  return {
    headers: () => step.prepared(httpRequest).headers,
    async challenged(fields) {
      const challenged = { status: 407, fields, httpRequest, number, sendable: true }
      return (await step.answered(challenged)) !== null
    },
  }
}
