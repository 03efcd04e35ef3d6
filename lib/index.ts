import './legacy-dispatcher.ts'

export { ExpectAgent, type ExpectAgentOptions } from './client/agent.ts'
export { type CreateFetchOptions, createFetch, install, type Uninstall } from './client/bound.ts'
export { type FetchInit, type FetchOptions, fetch } from './client/fetch.ts'
export type { FetchInput } from './client/platform-fetch.ts'
export { type UploadOptions, type UploadResult, upload } from './client/upload.ts'
export { gatedPool } from './connection/client.ts'
export type { Content, ContentInput, OneShotInput, ReplayableInput } from './content/content.ts'
export { type FileOptions, fromFile } from './content/file.ts'
export { UploadError, type UploadErrorCode, type UploadPhase } from './errors.ts'
export type { ExpectMode, ExpectOptions, RedirectMode } from './options.ts'
export type { ProxyOption } from './proxy/option.ts'
export type { ProxyCredentials, ProxyOptions } from './proxy/server.ts'
export type {
  Authenticate,
  AuthenticateCredentials,
  AuthenticateFunction,
  Challenge,
  ChallengeFields,
  Credentials,
  SchemeCredentials,
} from './recovery/authentication/authenticate.ts'
export type { SchemeChallenge } from './recovery/authentication/challenge.ts'
export type { RetryOptions } from './recovery/retry.ts'
export type { DiagnosticsName, UploadMessage } from './report/diagnostics.ts'
export type {
  AskReason,
  AttemptReason,
  AttemptReport,
  InterimResponse,
  Progress,
  UploadListeners,
  UploadOutcome,
  UploadReport,
} from './report/report.ts'
export { reportOf } from './report/reported.ts'
export { renderTimeline, type TimelineFormat } from './report/timeline/timeline.ts'
export type { RouteFact, RouteKnowledge, RouteRecord } from './routes/knowledge.ts'
export { RouteMemory, type RouteMemoryOptions } from './routes/memory.ts'
export { expectContinue } from './upload/interceptor.ts'
