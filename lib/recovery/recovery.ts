import { followsRedirects, type Settings } from '../options/options.ts'
import type { HttpRequest } from '../upload/http-request.ts'
import type { ProxyRouting } from '../upload/proxy-routing.ts'
import type { MakeRecovery, RecoveryStep, UploadResumption } from '../upload/recovery-step.ts'
import { authentication } from './authentication/authentication.ts'
import { tunnelAuthentication } from './authentication/tunnel.ts'
import { Redirection } from './redirect.ts'
import { replay } from './replay.ts'
import { Resumption } from './resume.ts'
import { invitation } from './resume-fields.ts'
import { Retry } from './retry.ts'
import { StaleConnection } from './stale-connection.ts'

/** What is done about answers and failures. */
export const recovery: MakeRecovery = {
  recovery: recoveryFor,
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
function recoveryFor(
  settings: Settings,
  first: HttpRequest,
  routing: ProxyRouting,
  steps: readonly RecoveryStep[],
  resumption: UploadResumption | null,
): RecoveryStep {
  const own = authentication(settings.authenticate, first, routing)
  const all = [...own, replay, new StaleConnection(), ...steps]
  if (followsRedirects(settings)) all.push(new Redirection(settings))
  if (settings.retry !== 0) all.push(new Retry(settings.retry))
  return resumption?.before(inTurn(all)) ?? inTurn(all)
}

/** The first that knows what to do decides. */
function inTurn(steps: readonly RecoveryStep[]): RecoveryStep {
  return {
    prepared: (httpRequest) =>
      steps.reduce((before, recovery) => recovery.prepared?.(before) ?? before, httpRequest),
    answered: (answer) => firstOf(steps, (recovery) => recovery.answered?.(answer) ?? null),
    failed: (failure) => firstOf(steps, (recovery) => recovery.failed?.(failure) ?? null),
  }
}

function firstOf<Result>(
  steps: readonly RecoveryStep[],
  ask: (recovery: RecoveryStep) => Result | null,
): Result | null {
  for (const recovery of steps) {
    const result = ask(recovery)
    if (result !== null) return result
  }
  return null
}
