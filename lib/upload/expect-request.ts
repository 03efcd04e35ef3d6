import type { Dispatcher } from 'undici'
import type { TicketedOptions } from '../connection/client.ts'
import type { Content } from '../content/content.ts'
import type { UploadError } from '../errors.ts'
import type { ExpectOptions } from '../options/options.ts'
import type { AttemptLog } from '../report/attempt-log.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { RecoveryStep } from './recovery-step.ts'

/** The key under which `fetch` and `upload` hand over what is theirs. */
export const callKey: unique symbol = Symbol('expect-continue.call')

/** One call of `fetch` or `upload`, which is one dispatch. */
export interface Call {
  readonly log: UploadLog
  /** `null` for a request of the platform's fetch, which has none. */
  readonly content: Content | null
  /** What the call does about answers, beside what every upload does. */
  readonly steps?: readonly RecoveryStep[]
  /** Ends the upload, also before its connection stands; `null` before the dispatch. */
  controller: Dispatcher.DispatchController | null
  /** Whether content that an answer left untouched is left to the caller; by default after a 3xx. */
  keepsUntouched?(status: number): boolean
  /** The status that the caller is shown in place of this one, or the error to fail with. */
  mapStatus?(status: number): number | UploadError
}

/** The key under which an interceptor hands over the log of the attempt that a dispatch is. */
export const attemptKey: unique symbol = Symbol('expect-continue.attempt')

/** Dispatch options with those of this package. */
export interface ExpectDispatchOptions extends TicketedOptions, ExpectOptions {
  /** undici's own, which its types leave out: `false` forbids HTTP/2 to the request. */
  allowH2?: boolean
  [callKey]?: Call
  /** Where another interceptor below takes the call over, it writes an attempt of its own in place of this one. */
  [attemptKey]?: AttemptLog
}
