import { type Fields, fieldsOf, withoutFields } from '../../headers.ts'
import type { AuthenticateFunction, Challenge } from '../../options/authenticate.ts'
import { parseChallenges } from '../../protocol/challenge.ts'
import { type Hop, placeOf } from '../../upload/hop.ts'
import type { Challenged, Next, Recourse } from '../../upload/recourse.ts'
import type { Space } from './space.ts'
import { Turns } from './turns.ts'

/** Header fields as a flat list, or `null` when there are none to be had. */
type Found = readonly string[] | null

/**
 * Answers the challenges of one space with what a function of the caller's says. Nothing of that is
 * used for another upload, which may be made for somebody else.
 */
export class ByFunction implements Recourse {
  readonly #space: Space
  readonly #authenticate: AuthenticateFunction
  readonly #turns = new Turns()
  #found: Found = null

  constructor(space: Space, authenticate: AuthenticateFunction) {
    this.#space = space
    this.#authenticate = authenticate
  }

  prepared(hop: Hop): Hop {
    this.#turns.begin(hop)
    if (this.#found === null || !this.#space.covers(hop)) return hop
    const names = this.#found.filter((_, index) => index % 2 === 0)
    const others = withoutFields(hop.headers, ...names.map((name) => name.toLowerCase()))
    return { ...hop, headers: [...others, ...this.#found] }
  }

  answered({
    status,
    fields,
    hop,
    sendable,
    number,
  }: Challenged): Next | null | Promise<Next | null> {
    if (status !== this.#space.status || !sendable || !this.#space.covers(hop)) return null
    const challenges = parseChallenges(fields[this.#space.challenges])
    const stale = challenges.some(({ params }) => params.stale?.toLowerCase() === 'true')
    if (!this.#turns.take(this.#found !== null && stale)) return null
    const challenge: Challenge = {
      status: this.#space.status,
      url: placeOf(hop),
      proxy: this.#space.status === 407,
      challenges,
      attempt: number,
    }
    return this.#ask(hop, challenge)
  }

  async #ask(hop: Hop, challenge: Challenge): Promise<Next | null> {
    return this.#next(hop, fieldsIn(await this.#authenticate(challenge)))
  }

  #next(hop: Hop, found: Found): Next | null {
    this.#found = found
    return found === null ? null : { hop, reason: 'challenge', delayMs: 0 }
  }
}

/** @throws TypeError when it is neither header fields nor `null`; no value is in its message. */
function fieldsIn(answer: unknown): Found {
  if (answer === null) return null
  if (typeof answer !== 'object') {
    throw new TypeError(`authenticate must answer header fields or null, not ${typeof answer}`)
  }
  // An array holds pairs, as it does for `Headers`; undici's is a flat list.
  const fields = Array.isArray(answer) ? answer.values() : (answer as Fields)
  return fieldsOf(fields).flatMap(([name, value]) => {
    if (typeof value === 'string') return [name, value]
    throw new TypeError(
      `authenticate must answer header fields that are strings; '${name}' is ${typeof value}`,
    )
  })
}
