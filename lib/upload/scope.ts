import type { Dispatcher } from 'undici'
import type { Settings } from '../options.ts'
import { Route } from '../routes/route.ts'
import { originOf } from './hop.ts'
import type { UnderWay } from './under-way.ts'

/** What an agent knows of the ways to origins. */
export interface Ways {
  /** What the route to an origin is remembered by. */
  keyOf(origin: string): string
  /** The HTTP proxy that requests to http origins are sent to in absolute form; `null` where there is none. */
  readonly forwarder: string | null
  /** Whether requests to an origin are sent to the forwarder. */
  forwards(origin: string): boolean
  /** Whether an HTTP proxy makes a tunnel to an origin. */
  tunnels(origin: string): boolean
}

/** Where nothing is known of a proxy. */
export const direct: Ways = {
  keyOf: (origin) => origin,
  forwarder: null,
  forwards: () => false,
  tunnels: () => false,
}

/** What all requests through one interceptor share. */
export interface Scope {
  readonly base: Settings
  /** Whether requests with those settings are watched, even when they cannot ask. */
  readonly watched: boolean
  readonly underWay: UnderWay
  readonly ways: Ways
  /** Whether content that is to be asked about fails where nothing can hold it back; else it is sent unasked. */
  readonly needsGate: boolean
  /** Whether an interceptor below that asks takes requests over, because nobody asked for this one. */
  readonly yields: boolean
  readonly dispatch: Dispatcher.Dispatch
}

/** What is known of the route to an origin. */
export function routeTo(origin: string, { memory }: Settings, { ways }: Scope): Route {
  return new Route(memory, ways.keyOf(originOf(origin)))
}
