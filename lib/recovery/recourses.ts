import { followsRedirects, type Settings } from '../options/options.ts'
import type { Hop } from '../upload/hop.ts'
import type { MakeRecovery, Recourse, UploadResumption } from '../upload/recourse.ts'
import type { Ways } from '../upload/ways.ts'
import { authentication } from './authentication/authentication.ts'
import { tunnelAuthentication } from './authentication/tunnel.ts'
import { Redirection } from './redirect.ts'
import { replay } from './replay.ts'
import { Resumption } from './resume.ts'
import { invitation } from './resume-fields.ts'
import { Renewal, Retry } from './retry.ts'

/** What is done about answers and failures. */
export const recovery: MakeRecovery = {
  recourse: recoursesFor,
  invitation,
  resumption: (options, upload) => new Resumption(options, upload),
  tunnel: tunnelAuthentication,
}

/**
 * What can be done about the answers to one upload and its failures, tried one after another;
 * a response that none of them takes is handed over.
 *
 * @param first is the first request.
 * @param steps are those of the call.
 * @param resumption decides before them about an upload that can be resumed.
 */
function recoursesFor(
  settings: Settings,
  first: Hop,
  ways: Ways,
  steps: readonly Recourse[],
  resumption: UploadResumption | null,
): Recourse {
  const own = authentication(settings.authenticate, first, ways)
  const all = [...own, replay, new Renewal(), ...steps]
  if (followsRedirects(settings)) all.push(new Redirection(settings))
  if (settings.retry !== 0) all.push(new Retry(settings.retry))
  return resumption?.before(inTurn(all)) ?? inTurn(all)
}

/** The first that knows what to do decides. */
function inTurn(recourses: readonly Recourse[]): Recourse {
  return {
    prepared: (hop) =>
      recourses.reduce((before, recourse) => recourse.prepared?.(before) ?? before, hop),
    answered: (answer) => firstOf(recourses, (recourse) => recourse.answered?.(answer) ?? null),
    failed: (failure) => firstOf(recourses, (recourse) => recourse.failed?.(failure) ?? null),
  }
}

function firstOf<Result>(
  recourses: readonly Recourse[],
  ask: (recourse: Recourse) => Result | null,
): Result | null {
  for (const recourse of recourses) {
    const result = ask(recourse)
    if (result !== null) return result
  }
  return null
}
