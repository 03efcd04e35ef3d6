import './runtime/legacy-dispatcher.ts'

export { ExpectAgent, type ExpectAgentOptions } from './client/agent.ts'
export { createFetch, install, type Uninstall } from './client/bound.ts'
export {
  type CreateFetchOptions,
  type FetchInit,
  type FetchOptions,
  fetch,
} from './client/fetch.ts'
export { expectContinue } from './client/interceptor.ts'
export type { FetchInput } from './client/platform-fetch.ts'
export { type UploadOptions, type UploadResult, upload } from './client/upload.ts'
export { gatedPool } from './connection/pool.ts'
export type { Content, ContentInput, OneShotInput, ReplayableInput } from './content/content.ts'
export { type FileOptions, fromFile } from './content/file.ts'
export { UploadError, type UploadErrorCode, type UploadPhase } from './errors.ts'
export type {
  Authenticate,
  AuthenticateCredentials,
  AuthenticateFunction,
  Challenge,
  ChallengeFields,
  Credentials,
  SchemeCredentials,
} from './options/authenticate.ts'
export type { ExpectOptions, RedirectMode, ResumeOptions, RetryOptions } from './options/options.ts'
export type { SchemeChallenge } from './protocol/challenge.ts'
export type { ExpectMode, RouteFact } from './protocol/decision.ts'
export type { ProxyOption } from './proxy/proxies.ts'
export type { ProxyCredentials, ProxyOptions } from './proxy/server.ts'
export type { DiagnosticsName, UploadMessage } from './report/diagnostics.ts'
export type {
  AskReason,
  AttemptReason,
  AttemptReport,
  InterimResponse,
  Progress,
  ResumeToken,
  UploadListeners,
  UploadOutcome,
  UploadReport,
} from './report/report.ts'
export { reportOf } from './report/reported.ts'
export { renderTimeline, type TimelineFormat } from './report/timeline/timeline.ts'
export { RouteMemory, type RouteMemoryOptions } from './routes/memory.ts'
export type { RouteKnowledge, RouteRecord } from './routes/route-state.ts'
