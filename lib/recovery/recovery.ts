import { followsRedirects } from '../options/settings.ts'
import type { MakeRecovery, RecoveryStep } from '../upload/recovery-step.ts'
import type { UploadContext } from '../upload/upload-context.ts'
import { authentication, tunnelAuthentication } from './authentication/authentication.ts'
import { Redirection } from './redirect.ts'
import { Resumption } from './resume.ts'
import { invitation } from './resume-fields.ts'
import { Retry } from './retry.ts'
import { StaleConnection } from './stale-connection.ts'

export const recovery: MakeRecovery = {
  steps: stepsFor,
  invitation,
  resumption: (options, upload) => new Resumption(options, upload),
  tunnel: tunnelAuthentication,
}

/** A response that no step handles is returned to the caller. */
function stepsFor(uploadContext: UploadContext): RecoveryStep {
  const { settings, httpRequest, interceptorContext, call, resumption } = uploadContext
  const own = authentication(settings.authenticate, httpRequest, interceptorContext.routing)
  const all = [...own, replay, new StaleConnection(), ...(call?.steps ?? [])]
  if (followsRedirects(settings)) all.push(new Redirection(settings))
  if (settings.retry !== 0) all.push(new Retry(settings.retry))
  return resumption?.before(inTurn(all)) ?? inTurn(all)
}

/**
 * Repeats a request after a 417 (RFC 9110, section 15.5.18), without the expectation and whatever
 * its method, if the content can be sent again. A 417 to a request without the expectation is
 * returned to the caller.
 */
const replay: RecoveryStep = {
  answered: ({ status, httpRequest, attempt, sendable }) =>
    status === 417 && attempt.asked && sendable
      ? { httpRequest, reason: 'replay', delayMs: 0 }
      : null,
}

/** Combines steps: the first one that returns a decision wins. */
function inTurn(steps: readonly RecoveryStep[]): RecoveryStep {
  return {
    prepared: (httpRequest) =>
      steps.reduce((before, step) => step.prepared?.(before) ?? before, httpRequest),
    answered: (answer) => firstOf(steps, (step) => step.answered?.(answer) ?? null),
    failed: (failure) => firstOf(steps, (step) => step.failed?.(failure) ?? null),
  }
}

function firstOf<Result>(
  steps: readonly RecoveryStep[],
  ask: (step: RecoveryStep) => Result | null,
): Result | null {
  for (const step of steps) {
    const result = ask(step)
    if (result !== null) return result
  }
  return null
}
