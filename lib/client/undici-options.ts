import type { Agent } from 'undici'

/** Options of earlier versions, for which undici throws when it makes a connection. */
type Refused =
  | 'socketTimeout'
  | 'requestTimeout'
  | 'idleTimeout'
  | 'keepAlive'
  | 'maxKeepAliveTimeout'

/** Options of undici's Agent, Pool and Client; the last one is missing from its types. */
const ofUndici: Record<Exclude<keyof Agent.Options, Refused> | 'useH2c', true> = {
  factory: true,
  maxOrigins: true,
  connections: true,
  clientTtl: true,
  maxHeaderSize: true,
  headersTimeout: true,
  connectTimeout: true,
  bodyTimeout: true,
  keepAliveTimeout: true,
  keepAliveMaxTimeout: true,
  keepAliveTimeoutThreshold: true,
  socketPath: true,
  pipelining: true,
  tls: true,
  strictContentLength: true,
  maxCachedSessions: true,
  connect: true,
  maxRequestsPerClient: true,
  localAddress: true,
  maxResponseSize: true,
  webSocket: true,
  eventSource: true,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: true,
  allowH2: true,
  maxConcurrentStreams: true,
  initialWindowSize: true,
  connectionWindowSize: true,
  pingInterval: true,
  h2Options: true,
  useMilo: true,
  useH2c: true,
}

export const undiciOptionNames: readonly string[] = Object.keys(ofUndici)
