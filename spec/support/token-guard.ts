import type { AuthenticateFunction, Challenge } from '../../lib/options/authenticate.ts'
import type { OriginMode, SeenRequest } from '../../lib/testing/index.ts'

/** Accepts one token at a time. */
export class TokenGuard {
  token = 'token-1'
  /** Further parameters of the challenge. */
  extra = ''

  readonly mode = ({ headers }: SeenRequest): OriginMode => {
    if (headers.authorization === `Bearer ${this.token}`) return 'go'
    const value = `Bearer realm="uploads", error="invalid_token"${this.extra}`
    return { status: 401, headers: { 'www-authenticate': value }, body: 'denied' }
  }
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** A function that returns one of these values at each call, and the challenges that it got. */
export function answering(...answers: readonly unknown[]): {
  authenticate: AuthenticateFunction
  calls: Challenge[]
} {
  const calls: Challenge[] = []
  const authenticate: AuthenticateFunction = async (challenge) => {
    calls.push(challenge)
    const answer = answers[calls.length - 1]
    if (answer instanceof Error) throw answer
    return answer as { authorization: string }
  }
  return { authenticate, calls }
}
