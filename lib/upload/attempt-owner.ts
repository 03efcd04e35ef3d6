import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { ResponseFields } from '../headers.ts'
import type { ReleasedBy } from '../protocol/expectation.ts'
import type { Attempt } from './attempt.ts'
import type { RequestState } from './request-state.ts'
import type { UploadContext } from './upload-context.ts'

/** Receives the events of attempts. */
export interface AttemptOwner {
  readonly uploadContext: UploadContext
  /** The current request, which a head that is being written belongs to. */
  readonly request: RequestState
  /** Whether the attempt is the current one. Events of an earlier attempt are ignored. */
  isCurrent(attempt: Attempt): boolean
  started(controller: Dispatcher.DispatchController, context: unknown): void
  left(attempt: Attempt): void
  interim(attempt: Attempt, status: number): void
  released(attempt: Attempt, by: ReleasedBy): void
  /** Chunks of content are being written. */
  writing(attempt: Attempt, chunks: readonly Uint8Array[]): void
  progressed(attempt: Attempt): void
  /** All of the content was accepted, or the final response has begun. The rest of its head is awaited. */
  awaitHead(attempt: Attempt): void
  /** The content could not be read. */
  sourceFailed(error: unknown): void
  /** A callback of the caller threw. */
  callbackFailed(error: unknown): void
  responded(attempt: Attempt, status: number, fields: ResponseFields, message?: string): void
  data(attempt: Attempt, chunk: Buffer): void
  /** The response is complete, but content is still sent. undici no longer controls the request. */
  detached(): void
  ended(trailers: ResponseFields): void
  upgraded(status: number, fields: ResponseFields, socket: Duplex): void
  failed(attempt: Attempt, error: Error): void
}
