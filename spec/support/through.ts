import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import type { ProxyOptions } from '../../lib/proxy/server.ts'
import type { Identity } from './identity.ts'

/** The proxy that all agents of a run are to go through. */
export interface Through {
  readonly proxy: ProxyOptions
  /** What origins show over TLS, so that they are reached through tunnels; `null` for plain ones. */
  readonly origin: Identity | null
}

/** The name under which a process is told of it. */
export const throughName = 'EXPECT_CONTINUE_THROUGH'

const told = process.env[throughName]

/** The proxy that this run goes through, if any. */
export const through: Through | null = told === undefined ? null : JSON.parse(told)

/** The options of an agent that goes the way of this run. */
export function throughOptions(): ExpectAgentOptions {
  if (through === null) return {}
  const { proxy, origin } = through
  return origin === null ? { proxy } : { proxy, connect: { ca: origin.cert } }
}
