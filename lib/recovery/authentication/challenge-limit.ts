import type { HttpRequest } from '../../upload/http-request.ts'

/**
 * How often a request goes again after a challenge: once, and once more when nothing was
 * wrong with the credentials but that their nonce was stale. What comes after that is the
 * caller's, so that no origin keeps a client going.
 */
export class ChallengeLimit {
  #target = ''
  #answered = false
  #renewed = false

  /** A request is about to be made; one that goes somewhere else has turns of its own. */
  begin({ origin, path }: HttpRequest): void {
    const target = origin + path
    if (target === this.#target) return
    this.#target = target
    this.#answered = false
    this.#renewed = false
  }

  /** Whether there is another turn, which is then taken. */
  take(stale: boolean): boolean {
    const gated = stale ? this.#renewed : this.#answered
    if (stale) this.#renewed = true
    else this.#answered = true
    return !gated
  }
}
