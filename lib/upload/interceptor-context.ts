import type { Dispatcher } from 'undici'
import type { Settings } from '../options/settings.ts'
import { Routes } from '../routes/route.ts'
import { plainOrigin } from './http-request.ts'
import type { InFlight } from './in-flight.ts'
import type { ProxyRouting } from './proxy-routing.ts'
import type { MakeRecovery } from './recovery-step.ts'

/** What all requests of one interceptor share. */
export interface InterceptorContext {
  readonly base: Settings
  /** Whether requests with the base settings need attempts even without content, for retries or redirects. */
  readonly baseNeedsAttempts: boolean
  readonly inFlight: InFlight
  readonly routing: ProxyRouting
  /** Whether a connection without a gate is an error. Otherwise content is sent without the expectation. */
  readonly needsGate: boolean
  /** Whether another interceptor of this package below replaces the attempts of this one. */
  readonly isReplaced: boolean
  /** The agent's own option: `false` forbids HTTP/2, `true` leaves the choice to the origin. */
  readonly allowH2: boolean | undefined
  readonly recovery: MakeRecovery
  readonly dispatch: Dispatcher.Dispatch
}

/** The remembered routes to an origin. */
export function routesTo(
  origin: string,
  { memory }: Settings,
  { routing }: InterceptorContext,
): Routes {
  return new Routes(memory, routing.keyOf(plainOrigin(origin)))
}
