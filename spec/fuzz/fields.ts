import { UploadError } from '../../lib/errors.ts'
import { parseChallenges } from '../../lib/protocol/challenge.ts'
import { parseRetryAfter } from '../../lib/protocol/retry-after.ts'
import { strongestDigest } from '../../lib/recovery/authentication/digest-challenge.ts'
import { Redirection } from '../../lib/recovery/redirect.ts'
import { answerOf } from '../support/answers.ts'
import { mutated } from './mutated.ts'
import type { Random } from './random.ts'
import { challenge, location } from './response-fields.ts'
import { holds, type Target } from './target.ts'

/** Response fields that the package interprets: none may make it throw. */
export const fields: Target = {
  name: 'fields',
  share: 0.05,
  parallel: 1,
  run(random) {
    random.pick([challenges, redirects, delays])(random)
  },
}

function challenges(random: Random): void {
  const lines = random.list(0, 3, () => mutated(random, challenge(random)))
  const found = parseChallenges(lines)
  for (const { scheme, params } of found) {
    holds(/^[^\s,"]+$/.test(scheme), `'${scheme}' is no scheme`)
    holds(
      Object.values(params).every((value) => typeof value === 'string'),
      'a value is no text',
    )
  }
  const digest = strongestDigest(found)
  holds(digest === null || typeof digest.nonce === 'string', 'a Digest challenge has no nonce')
}

function redirects(random: Random): void {
  const redirection = new Redirection({ maxRedirections: 3, allowInsecureRedirect: false })
  const value = random.chance(0.5) ? location(random) : mutated(random, location(random))
  const next = redirection.answered(
    answerOf(random.pick([301, 303, 307, 308]), { location: value }),
  )
  if (next === null || next instanceof UploadError) return
  const { origin, path } = next.httpRequest
  holds(/^https?:\/\/[^/@\s]+$/.test(origin), `'${origin}' is no origin`)
  holds(/^\/[\x21-\x7e]*$/.test(path), `'${path}' is no path`)
}

function delays(random: Random): void {
  const value = mutated(
    random,
    random.pick(['120', 'Fri, 31 Dec 1999 23:59:59 GMT', '99999999999']),
  )
  const delay = parseRetryAfter(value, 0)
  holds(delay === null || (Number.isFinite(delay) && delay >= 0), `${delay} ms is no delay`)
}
