import { type Fields, fieldsOf, withoutFields } from '../../headers.ts'
import { type Hop, placeOf } from '../../upload/hop.ts'
import type { Answer, Next, Recourse } from '../../upload/recourse.ts'
import type { AuthenticateFunction, Challenge } from './authenticate.ts'
import { parseChallenges } from './challenge.ts'
import { Kept } from './kept.ts'
import { type Found, SharedCall } from './shared-call.ts'
import type { Space } from './space.ts'
import { Turns } from './turns.ts'

const calls = new Kept<SharedCall>()

/** Answers the challenges of one space with what a function of the caller's says. */
export class ByFunction implements Recourse {
  readonly #space: Space
  readonly #authenticate: AuthenticateFunction
  readonly #call: SharedCall
  readonly #turns = new Turns()
  #found: Found = null
  /** How many calls had ended when the last attempt began. */
  #ended = 0
  /** Whether what another upload's call had found was used. */
  #borrowed = false

  /** @param key is what calls are shared by. */
  constructor(space: Space, authenticate: AuthenticateFunction, key: object) {
    this.#space = space
    this.#authenticate = authenticate
    this.#call = calls.get(key, space) ?? new SharedCall()
    calls.set(key, space, this.#call)
  }

  prepared(hop: Hop): Hop {
    this.#turns.begin(hop)
    this.#ended = this.#call.ended
    if (this.#found === null || !this.#space.covers(hop)) return hop
    const names = this.#found.filter((_, index) => index % 2 === 0)
    const others = withoutFields(hop.headers, ...names.map((name) => name.toLowerCase()))
    return { ...hop, headers: [...others, ...this.#found] }
  }

  answered({ status, fields, hop, sendable, number }: Answer): Next | null | Promise<Next | null> {
    if (status !== this.#space.status || !sendable || !this.#space.covers(hop)) return null
    const fresh = this.#borrowed ? null : this.#call.foundAfter(this.#ended)
    if (fresh !== null) {
      this.#borrowed = true
      return this.#next(hop, fresh)
    }
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
    const found = this.#call.find(async () => fieldsIn(await this.#authenticate(challenge)))
    return found.then((list) => this.#next(hop, list))
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
