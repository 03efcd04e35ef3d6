import type { Dispatcher } from 'undici'
import type { ResponseFields } from './attempt.ts'
import type { Decision } from './decision.ts'
import type { UploadError } from './errors.ts'
import type { Hop } from './hop.ts'
import type { Settings } from './options.ts'
import type { Recourse } from './recourse.ts'
import type { Route } from './route.ts'
import type { Source } from './source.ts'
import type { UnderWay } from './under-way.ts'
import type { UploadLog } from './upload-log.ts'

/** The content of an upload and what is written down about it; several dispatches may share one. */
export interface Upload {
  readonly source: Source
  readonly log: UploadLog
  /** Called when a dispatch needs the content no longer. */
  onOver(): void
  /** The status that the handler is shown in place of this one, or the error to fail with. */
  shown(status: number, text: string, fields: ResponseFields): number | UploadError
}

/** All that the attempts of one dispatch need. */
export interface Plan {
  readonly dispatch: Dispatcher.Dispatch
  /** The caller's options, of which each attempt's hop overrides some. */
  readonly request: Dispatcher.DispatchOptions
  /** The first request. */
  readonly hop: Hop
  readonly handler: Dispatcher.DispatchHandler
  readonly upload: Upload
  readonly underWay: UnderWay
  readonly settings: Settings
  routeOf(hop: Hop): Route
  decide(hop: Hop): Decision
  /** What can be done about answers and failures. */
  readonly recourse: Recourse
  /** Whether nobody is told of chunks, who might keep them: then their memory may be filled again. */
  readonly lends: boolean
  /** All of the content, where undici can send it in one go. */
  readonly whole: string | Buffer | undefined
}
