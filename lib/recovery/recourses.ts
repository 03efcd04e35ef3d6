import type { Settings } from '../options.ts'
import type { Hop } from '../upload/hop.ts'
import type { Recourse } from '../upload/recourse.ts'
import type { Ways } from '../upload/scope.ts'
import { authentication } from './authentication/authentication.ts'
import { Redirection } from './redirect.ts'
import { replay } from './replay.ts'
import type { Resumption } from './resume.ts'
import { Renewal, Retry } from './retry.ts'

/**
 * What can be done about the answers to one upload and its failures, tried one after another;
 * a response that none of them takes is handed over.
 *
 * @param first is the first request.
 * @param steps are those of the call.
 * @param resumption decides before them about an upload that can be resumed.
 */
export function recoursesFor(
  settings: Settings,
  first: Hop,
  ways: Ways,
  steps: readonly Recourse[],
  resumption: Resumption | null,
): Recourse {
  const own = authentication(settings.authenticate, first, ways)
  const all = [...own, replay, new Renewal(), ...steps]
  if (follows(settings)) all.push(new Redirection(settings))
  if (settings.retry !== 0) all.push(new Retry(settings.retry))
  return resumption?.before(inTurn(all)) ?? inTurn(all)
}

/** Whether every request is watched, even one that cannot ask: it may lead to another, or take too long. */
export function needsAttempts(settings: Settings): boolean {
  const { authenticate, retry, timeouts } = settings
  if (authenticate !== null || retry !== 0 || follows(settings)) return true
  return Object.values(timeouts).some((timeout) => timeout !== undefined)
}

function follows({ redirect, maxRedirections }: Settings): boolean {
  return redirect === 'follow' && maxRedirections > 0
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
