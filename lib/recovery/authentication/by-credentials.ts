import { fieldValue, withoutFields } from '../../headers.ts'
import type { SchemeCredentials } from '../../options/authenticate.ts'
import { parseChallenges } from '../../protocol/challenge.ts'
import type { HttpRequest } from '../../upload/http-request.ts'
import type { Challenged, NextAttempt, RecoveryStep } from '../../upload/recovery-step.ts'
import { ChallengeLimit } from './challenge-limit.ts'
import type { ProtectionSpace } from './protection-space.ts'
import { type Offer, offerOf, type Session, sessionFor } from './session.ts'
import { SessionCache } from './session-cache.ts'

const sessions = new SessionCache<Session>()

/**
 * Answers the challenges of one space with credentials. After the first challenge, later uploads send
 * them at once:
 *
 *     > PUT /1                           the challenge is not known yet
 *     < 401, nonce="a"
 *     > PUT /1   nonce="a", nc=00000001
 *     < 201
 *     > PUT /2   nonce="a", nc=00000002  of any upload
 */
export class ByCredentials implements RecoveryStep {
  readonly #space: ProtectionSpace
  readonly #key: object
  readonly #credentials: SchemeCredentials
  readonly #limit = new ChallengeLimit()
  #challengedSession: Session | null = null
  #lastSession: Session | null = null

  /** @param key identifies the uploads that share sessions. */
  constructor(space: ProtectionSpace, key: object, credentials: SchemeCredentials) {
    this.#space = space
    this.#key = key
    this.#credentials = credentials
  }

  prepared(httpRequest: HttpRequest): HttpRequest {
    const { credentials } = this.#space
    this.#limit.begin(httpRequest)
    this.#lastSession = this.#sessionOf(httpRequest)
    if (this.#lastSession === null) return httpRequest
    const others = withoutFields(httpRequest.headers, credentials)
    const sent = { ...httpRequest, path: this.#space.target(httpRequest) }
    return {
      ...httpRequest,
      headers: [...others, credentials, this.#lastSession.authorization(sent)],
    }
  }

  answered({ status, fields, httpRequest, sendable }: Challenged): NextAttempt | null {
    if (!this.#space.covers(httpRequest)) return null
    const info = fields[this.#space.info]
    if (info !== undefined) this.#lastSession?.inform(info)
    if (status !== this.#space.status) return null
    const offer = offerOf(parseChallenges(fields[this.#space.challenges]), this.#credentials)
    if (offer === null || !this.#isWorthwhile(offer)) {
      if (this.#lastSession !== null) sessions.drop(this.#key, this.#space, this.#lastSession)
      return null
    }
    this.#challengedSession = this.#begun(offer)
    // Content that cannot be sent again fails this upload, but the next one uses the session.
    return sendable ? { httpRequest, reason: 'challenge', delayMs: 0 } : null
  }

  #sessionOf(httpRequest: HttpRequest): Session | null {
    if (!this.#space.covers(httpRequest)) return null
    if (this.#challengedSession !== null) return this.#challengedSession
    // The caller's own field is tried first.
    if (fieldValue(httpRequest.headers, this.#space.credentials) !== undefined) return null
    const kept = sessions.get(this.#key, this.#space)
    return kept?.free ? kept : null
  }

  /** Whether to answer a challenge. The same credentials would only be refused again. */
  #isWorthwhile(offer: Offer): boolean {
    const stale = this.#lastSession !== null && offer.scheme === 'digest' && offer.challenge.stale
    if (!stale && this.#lastSession?.answers(offer)) return false
    return this.#limit.take(stale)
  }

  /** The session for a challenge. A nonce that is in use already keeps its session, which counts its requests. */
  #begun(offer: Offer): Session {
    const kept = sessions.get(this.#key, this.#space)
    if (kept?.answers(offer)) return kept
    const session = sessionFor(offer)
    sessions.set(this.#key, this.#space, session)
    return session
  }
}
