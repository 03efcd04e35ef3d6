import type { Dispatcher } from 'undici'
import type { Settings } from '../options/options.ts'
import { Routes } from '../routes/route.ts'
import { originOf } from './http-request.ts'
import type { InFlight } from './in-flight.ts'
import type { ProxyRouting } from './proxy-routing.ts'
import type { MakeRecovery } from './recovery-step.ts'

/** What all requests through one interceptor share. */
export interface InterceptorContext {
  readonly base: Settings
  /** Whether requests with those settings are watched, even when they cannot ask. */
  readonly watched: boolean
  readonly inFlight: InFlight
  readonly routing: ProxyRouting
  /** Whether content that is to be asked about fails where nothing can hold it back; else it is sent unasked. */
  readonly needsGate: boolean
  /** Whether an interceptor below that asks takes requests over, because nobody asked for this one. */
  readonly yields: boolean
  /** The agent's own option: `false` forbids HTTP/2, `true` leaves the choice to the origin. */
  readonly allowH2: boolean | undefined
  readonly recovery: MakeRecovery
  readonly dispatch: Dispatcher.Dispatch
}

/** What is known of the routes to an origin. */
export function routesTo(
  origin: string,
  { memory }: Settings,
  { routing }: InterceptorContext,
): Routes {
  return new Routes(memory, routing.keyOf(originOf(origin)))
}
