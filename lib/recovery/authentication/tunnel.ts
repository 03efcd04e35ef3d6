import type { Tunnel, TunnelAuthentication, TunnelCredentials } from '../../connection/tunnel.ts'
import type { InContext } from '../../content/upload-content.ts'
import type { ResponseFields } from '../../headers.ts'
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
      return new StepCredentials(step, requestTo(origin, '/', headers), number)
    }
  }
  const { proxy: credentials } = authenticate
  if (credentials === undefined) return null
  return ({ proxy, authority, headers }) => {
    const step = new ByCredentials(tunnelSpace(proxy), ownOf(authenticate), credentials)
    return new StepCredentials(step, requestTo(proxy, authority, headers), number)
  }
}

function requestTo(origin: string, path: string, headers: Tunnel['headers']): HttpRequest {
  return { origin, path, method: 'CONNECT', headers, hasContent: false }
}

/** Answers challenges with the step of an upload, as for a request without content. */
class StepCredentials implements TunnelCredentials {
  readonly #step: ByCredentials | ByFunction
  readonly #httpRequest: HttpRequest
  readonly #number: number

  constructor(step: ByCredentials | ByFunction, httpRequest: HttpRequest, number: number) {
    this.#step = step
    this.#httpRequest = httpRequest
    this.#number = number
  }

  headers(): string[] {
    return this.#step.prepared(this.#httpRequest).headers
  }

  async challenged(fields: ResponseFields): Promise<boolean> {
    const challenged = {
      status: 407,
      httpRequest: this.#httpRequest,
      number: this.#number,
      sendable: true,
    }
    return (await this.#step.answered({ ...challenged, fields })) !== null
  }
}
