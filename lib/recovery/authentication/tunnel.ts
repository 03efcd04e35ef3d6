import type { Tunnel, TunnelAuthentication, TunnelCredentials } from '../../connection/tunnel.ts'
import type { InContext } from '../../content/upload-content.ts'
import type { ResponseFields } from '../../headers.ts'
import { type Authenticate, ownOf } from '../../options/authenticate.ts'
import type { Hop } from '../../upload/hop.ts'
import { ByCredentials } from './by-credentials.ts'
import { ByFunction } from './by-function.ts'
import { tunnelSpace } from './space.ts'

/** What answers a proxy that wants credentials before it makes a tunnel. */
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
      return new StepCredentials(step, hopTo(origin, '/', headers), number)
    }
  }
  const { proxy: credentials } = authenticate
  if (credentials === undefined) return null
  return ({ proxy, authority, headers }) => {
    const step = new ByCredentials(tunnelSpace(proxy), ownOf(authenticate), credentials)
    return new StepCredentials(step, hopTo(proxy, authority, headers), number)
  }
}

function hopTo(origin: string, path: string, headers: Tunnel['headers']): Hop {
  return { origin, path, method: 'CONNECT', headers, hasContent: false }
}

/** A tunnel is asked for as a request is that has no content. */
class StepCredentials implements TunnelCredentials {
  readonly #step: ByCredentials | ByFunction
  readonly #hop: Hop
  readonly #number: number

  constructor(step: ByCredentials | ByFunction, hop: Hop, number: number) {
    this.#step = step
    this.#hop = hop
    this.#number = number
  }

  headers(): string[] {
    return this.#step.prepared(this.#hop).headers
  }

  async challenged(fields: ResponseFields): Promise<boolean> {
    const challenged = { status: 407, hop: this.#hop, number: this.#number, sendable: true }
    return (await this.#step.answered({ ...challenged, fields })) !== null
  }
}
