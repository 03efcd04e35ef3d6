import type { Dispatcher } from 'undici'
import type { TicketedOptions } from '../connection/client.ts'
import type { Content } from '../content/content.ts'
import type { UploadError } from '../errors.ts'
import type { ExpectOptions } from '../options/options.ts'
import type { AttemptLog } from '../report/attempt-log.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { RecoveryStep } from './recovery-step.ts'

/** The key under which `fetch` and `upload` pass their call in the dispatch options. */
export const callKey: unique symbol = Symbol('expect-continue.call')

/** One call of `fetch` or `upload`. */
export interface Call {
  readonly log: UploadLog
  /** The content; `null` for a request of the platform's fetch without one. */
  readonly content: Content | null
  readonly steps?: readonly RecoveryStep[]
  /** Aborts the upload, also before it has a connection; `null` before the dispatch. */
  controller: Dispatcher.DispatchController | null
  /** Whether unread content is left to the caller instead of discarded; by default after a 3xx. */
  keepsUnread?(status: number): boolean
  /** The status to return to the caller instead of this one, or the error to fail with. */
  mapStatus?(status: number): number | UploadError
}

/** Aborts a call, or discards its content if it was not dispatched. */
export function cancelCall({ content, controller }: Call, reason: unknown): void {
  if (controller === null) content?.discard?.(reason)
  else controller.abort(reason as Error)
}

/** The key under which an interceptor passes the log of its attempt in the dispatch options. */
export const attemptKey: unique symbol = Symbol('expect-continue.attempt')

export interface ExpectDispatchOptions extends TicketedOptions, ExpectOptions {
  /** undici's option, which its types lack: `false` forbids HTTP/2 for the request. */
  allowH2?: boolean
  [callKey]?: Call
  /** The attempt that another interceptor of this package below replaces by its own. */
  [attemptKey]?: AttemptLog
}
