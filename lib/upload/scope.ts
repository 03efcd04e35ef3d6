import type { Dispatcher } from 'undici'
import type { Settings } from '../options.ts'
import { Route } from '../routes/route.ts'
import { originOf } from './hop.ts'
import type { UnderWay } from './under-way.ts'

/** What all requests through one interceptor share. */
export interface Scope {
  readonly base: Settings
  /** Whether requests with those settings are watched, even when they cannot ask. */
  readonly watched: boolean
  readonly underWay: UnderWay
  /** What the route to an origin is remembered by. */
  readonly keyOf: (origin: string) => string
  readonly dispatch: Dispatcher.Dispatch
}

/** What is known of the route to an origin. */
export function routeTo(origin: string, { memory }: Settings, { keyOf }: Scope): Route {
  return new Route(memory, keyOf(originOf(origin)))
}
