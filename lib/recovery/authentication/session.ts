import { randomBytes } from 'node:crypto'
import type { Credentials, SchemeCredentials } from '../../options/authenticate.ts'
import { parseChallenges, type SchemeChallenge } from '../../protocol/challenge.ts'
import type { HttpRequest } from '../../upload/http-request.ts'
import { basicAuthorization } from './basic.ts'
import { digestAuthorization } from './digest.ts'
import { type DigestChallenge, strongestDigest } from './digest-challenge.ts'

/** How requests to one origin are authenticated since it challenged one of them. */
export interface Session {
  /** Whether a request that was not challenged may use it now. */
  readonly free: boolean
  /** The value of the field that carries the credentials, for one request. */
  authorization(httpRequest: HttpRequest): string
  /** Reads an `Authentication-Info` field. */
  inform(value: string | readonly string[]): void
  /** Whether this session has already sent the answer to a challenge. */
  answers(offer: Offer): boolean
}

/** The challenge of a response that is answered, and its credentials. */
export type Offer =
  | {
      readonly scheme: 'digest'
      readonly credentials: Credentials
      readonly challenge: DigestChallenge
    }
  | { readonly scheme: 'basic'; readonly credentials: Credentials }

/** The strongest challenge that these credentials can answer; `null` when there is none. */
export function offerOf(
  challenges: readonly SchemeChallenge[],
  { basic, digest }: SchemeCredentials,
): Offer | null {
  const challenge = digest === undefined ? null : strongestDigest(challenges)
  if (digest !== undefined && challenge !== null) {
    return { scheme: 'digest', credentials: digest, challenge }
  }
  if (basic === undefined || !challenges.some(({ scheme }) => scheme === 'basic')) return null
  return { scheme: 'basic', credentials: basic }
}

export function sessionFor(offer: Offer): Session {
  if (offer.scheme === 'digest') return new DigestSession(offer.credentials, offer.challenge)
  return {
    free: true,
    authorization: () => basicAuthorization(offer.credentials),
    inform() {},
    answers: ({ scheme }) => scheme === 'basic',
  }
}

class DigestSession implements Session {
  readonly #credentials: Credentials
  readonly #challenge: DigestChallenge
  readonly #cnonce = randomBytes(16).toString('base64url')
  #nonce: string
  #count = 0
  /** Whether each nonce may be valid for one request only, because responses carry the next one. */
  #single = false

  constructor(credentials: Credentials, challenge: DigestChallenge) {
    this.#credentials = credentials
    this.#challenge = challenge
    this.#nonce = challenge.nonce
  }

  get free(): boolean {
    return !this.#single || this.#count === 0
  }

  authorization({ method, path: uri }: HttpRequest): string {
    // A server accepts each count of a nonce once (RFC 7616, section 3.4).
    this.#count += 1
    const request = { method, uri, nonce: this.#nonce, count: this.#count, cnonce: this.#cnonce }
    return digestAuthorization(this.#challenge, this.#credentials, request)
  }

  inform(value: string | readonly string[]): void {
    // The field has the parameters of a challenge, without a scheme before them.
    const [info] = parseChallenges(`digest ${[value].flat().join(', ')}`)
    const nonce = info?.params.nextnonce ?? ''
    if (nonce === '' || nonce === this.#nonce) return
    this.#nonce = nonce
    this.#count = 0
    this.#single = true
  }

  answers(offer: Offer): boolean {
    if (offer.scheme !== 'digest') return false
    const { realm, nonce, opaque, algorithm } = offer.challenge
    const { realm: ownRealm, opaque: ownOpaque, algorithm: ownAlgorithm } = this.#challenge
    const same = realm === ownRealm && opaque === ownOpaque && algorithm === ownAlgorithm
    return same && nonce === this.#nonce
  }
}
