import type { HttpRequest } from '../../upload/http-request.ts'

/**
 * How often a request is repeated after a challenge: once, and once more when only the nonce was stale.
 * A later challenge is returned to the caller. Without the limit, an origin could make a client repeat
 * its request without end.
 */
export class ChallengeLimit {
  #target = ''
  #answered = false
  #renewed = false

  /** Called before each request. The limit holds for one target. */
  begin({ origin, path }: HttpRequest): void {
    const target = origin + path
    if (target === this.#target) return
    this.#target = target
    this.#answered = false
    this.#renewed = false
  }

  /** Counts a challenge; returns whether the request may be repeated. */
  take(stale: boolean): boolean {
    const used = stale ? this.#renewed : this.#answered
    if (stale) this.#renewed = true
    else this.#answered = true
    return !used
  }
}
