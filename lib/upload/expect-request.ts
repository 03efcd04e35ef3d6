import type { TicketedOptions } from '../connection/connector.ts'
import type { Content } from '../content/content.ts'
import type { Source } from '../content/source.ts'
import type { ExpectOptions } from '../options.ts'
import type { AttemptLog } from '../report/attempt-log.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { Upload } from './plan.ts'

/** The key under which `fetch` and `upload` hand over what their dispatches share. */
export const callKey: unique symbol = Symbol('expect-continue.call')

/** What the dispatches of one call share: a fetch that follows a redirect makes several. */
export interface Call {
  readonly log: UploadLog
  /** The content; `null` when it is the dispatch's own body. */
  readonly content: Content | null
  /** Made by the first dispatch, for those that come after it. */
  source: Source | null
  /** Counts the dispatches that have the content. */
  readonly turn: number
  /** Called when the dispatch that has the content needs it no longer. */
  onOver(): void
  /** The status that the caller's handler is shown in place of this one, or the error to fail with. */
  shown?: Upload['shown']
}

/** The key under which an interceptor hands over the log of the attempt that a dispatch is. */
export const attemptKey: unique symbol = Symbol('expect-continue.attempt')

/** Dispatch options with those of this package. */
export interface ExpectRequest extends TicketedOptions, ExpectOptions {
  [callKey]?: Call
  /** Where another interceptor below takes the call over, it writes an attempt of its own in place of this one. */
  [attemptKey]?: AttemptLog
}
