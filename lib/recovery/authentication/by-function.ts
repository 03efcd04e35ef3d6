import { type Fields, fieldsOf, withoutFields } from '../../headers.ts'
import type { AuthenticateFunction, Challenge } from '../../options/authenticate.ts'
import { parseChallenges } from '../../protocol/challenge.ts'
import { type HttpRequest, reportedUrl } from '../../upload/http-request.ts'
import type { Challenged, NextAttempt, RecoveryStep } from '../../upload/recovery-step.ts'
import { ChallengeLimit } from './challenge-limit.ts'
import type { ProtectionSpace } from './protection-space.ts'

/** Header fields as a flat list; `null` when the function has no credentials. */
type Found = readonly string[] | null

/**
 * Answers the challenges of one space with the header fields that a function of the caller returns.
 * They are not used for other uploads, which may be made for other users.
 */
export class ByFunction implements RecoveryStep {
  readonly #space: ProtectionSpace
  readonly #authenticate: AuthenticateFunction
  readonly #limit = new ChallengeLimit()
  #found: Found = null

  constructor(space: ProtectionSpace, authenticate: AuthenticateFunction) {
    this.#space = space
    this.#authenticate = authenticate
  }

  prepared(httpRequest: HttpRequest): HttpRequest {
    this.#limit.begin(httpRequest)
    if (this.#found === null || !this.#space.covers(httpRequest)) return httpRequest
    const names = this.#found.filter((_, index) => index % 2 === 0)
    const others = withoutFields(httpRequest.headers, ...names.map((name) => name.toLowerCase()))
    return { ...httpRequest, headers: [...others, ...this.#found] }
  }

  answered(challenged: Challenged): NextAttempt | null | Promise<NextAttempt | null> {
    const { status, fields, httpRequest, sendable, number } = challenged
    if (status !== this.#space.status || !sendable || !this.#space.covers(httpRequest)) return null
    const challenges = parseChallenges(fields[this.#space.challenges])
    const stale = challenges.some(({ params }) => params.stale?.toLowerCase() === 'true')
    if (!this.#limit.take(this.#found !== null && stale)) return null
    const challenge: Challenge = {
      status: this.#space.status,
      url: reportedUrl(httpRequest),
      proxy: this.#space.status === 407,
      challenges,
      attempt: number,
    }
    return this.#ask(httpRequest, challenge)
  }

  async #ask(httpRequest: HttpRequest, challenge: Challenge): Promise<NextAttempt | null> {
    this.#found = fieldsIn(await this.#authenticate(challenge))
    return this.#found === null ? null : { httpRequest, reason: 'challenge', delayMs: 0 }
  }
}

/** @throws TypeError when it is neither header fields nor `null`. Values may be secret, so the message has none. */
function fieldsIn(answer: unknown): Found {
  if (answer === null) return null
  if (typeof answer !== 'object') {
    throw new TypeError(`authenticate must return header fields or null, not ${typeof answer}`)
  }
  // As for `Headers`, an array holds pairs. undici's is a flat list.
  const fields = Array.isArray(answer) ? answer.values() : (answer as Fields)
  return fieldsOf(fields).flatMap(([name, value]) => {
    if (typeof value === 'string') return [name, value]
    throw new TypeError(
      `authenticate must return header fields that are strings; '${name}' is ${typeof value}`,
    )
  })
}
