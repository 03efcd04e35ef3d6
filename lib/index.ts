export { ExpectAgent, type ExpectAgentOptions } from './agent.ts'
export type {
  Authenticate,
  AuthenticateCredentials,
  AuthenticateFunction,
  Challenge,
  ChallengeFields,
  Credentials,
  SchemeCredentials,
} from './authentication/authenticate.ts'
export type { SchemeChallenge } from './authentication/challenge.ts'
export { type CreateFetchOptions, createFetch, install } from './bound.ts'
export { gatedPool } from './connector.ts'
export type { Content, ContentInput, OneShotInput, ReplayableInput } from './content.ts'
export type { DiagnosticsName, UploadMessage } from './diagnostics.ts'
export { UploadError, type UploadErrorCode, type UploadPhase } from './errors.ts'
export { type FetchInit, type FetchOptions, fetch } from './fetch.ts'
export { type FileOptions, fromFile } from './file.ts'
export { expectContinue } from './interceptor.ts'
export type { RouteFact, RouteKnowledge, RouteRecord } from './knowledge.ts'
export { RouteMemory, type RouteMemoryOptions } from './memory.ts'
export type { ExpectMode, ExpectOptions, RedirectMode } from './options.ts'
export type { FetchInput } from './platform-fetch.ts'
export type { ProxyOption } from './proxy/option.ts'
export type { ProxyCredentials, ProxyOptions } from './proxy/server.ts'
export type {
  AskReason,
  AttemptReason,
  AttemptReport,
  InterimResponse,
  Progress,
  UploadListeners,
  UploadOutcome,
  UploadReport,
} from './report.ts'
export { reportOf } from './reported.ts'
export type { RetryOptions } from './retry.ts'
export { renderTimeline, type TimelineFormat } from './timeline/timeline.ts'
export { type UploadOptions, type UploadResult, upload } from './upload.ts'
