import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import type { ProxyOptions } from '../../lib/proxy/server.ts'
import type { Identity } from './identity.ts'

/** The proxy that all agents of a test run use. */
export interface Through {
  readonly proxy: ProxyOptions
  /** The certificate of origins, which makes the proxy use tunnels; `null` for plain HTTP. */
  readonly origin: Identity | null
}

/** The environment variable that passes it to a process. */
export const throughVariable = 'EXPECT_CONTINUE_THROUGH'

const json = process.env[throughVariable]

export const through: Through | null = json === undefined ? null : JSON.parse(json)

export function throughOptions(): ExpectAgentOptions {
  if (through === null) return {}
  const { proxy, origin } = through
  return origin === null ? { proxy } : { proxy, connect: { ca: origin.cert } }
}
