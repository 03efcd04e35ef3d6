import type { Dispatcher } from 'undici'
import type { Source } from '../content/source.ts'
import type { UploadError } from '../errors.ts'
import type { ExpectMode, Settings } from '../options.ts'
import { type Decision, decide } from '../protocol/decision.ts'
import { recoursesFor } from '../recovery/recourses.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { Route } from '../routes/route.ts'
import type { ResponseFields } from './attempt.ts'
import type { Hop } from './hop.ts'
import type { Recourse } from './recourse.ts'
import { routeTo, type Scope } from './scope.ts'

/** The content of an upload and what is written down about it; several dispatches may share one. */
export interface Upload {
  readonly source: Source
  readonly log: UploadLog
  /** Called when a dispatch needs the content no longer. */
  onOver(): void
  /** The status that the handler is shown in place of this one, or the error to fail with. */
  shown(status: number, text: string, fields: ResponseFields): number | UploadError
}

/** What a plan is made of. */
export interface PlanOptions {
  readonly scope: Scope
  /** The caller's options, of which each attempt's hop overrides some. */
  readonly request: Dispatcher.DispatchOptions
  /** The first request. */
  readonly hop: Hop
  readonly handler: Dispatcher.DispatchHandler
  readonly upload: Upload
  readonly settings: Settings
  /** The request's own wish or the setting. */
  readonly expect: ExpectMode
  /** Whether it is done about a 421 what fetch does. */
  readonly followsMisdirection: boolean
  /** All of the content, where undici can send it in one go. */
  readonly whole: string | Buffer | undefined
}

/** All that the attempts of one dispatch need. */
export class Plan {
  readonly scope: Scope
  readonly request: Dispatcher.DispatchOptions
  readonly hop: Hop
  readonly handler: Dispatcher.DispatchHandler
  readonly upload: Upload
  readonly settings: Settings
  readonly whole: string | Buffer | undefined
  /** Whether nobody is told of chunks, who might keep them: then their memory may be filled again. */
  readonly lends: boolean
  readonly #expect: ExpectMode
  readonly #followsMisdirection: boolean
  #recourse: Recourse | null = null

  constructor(options: PlanOptions) {
    this.scope = options.scope
    this.request = options.request
    this.hop = options.hop
    this.handler = options.handler
    this.upload = options.upload
    this.settings = options.settings
    this.whole = options.whole
    this.lends = options.handler.onBodySent === undefined
    this.#expect = options.expect
    this.#followsMisdirection = options.followsMisdirection
  }

  /** What is known of the route that a request takes. */
  routeOf({ origin }: Hop): Route {
    return routeTo(origin, this.settings, this.scope)
  }

  /** Whether a request asks that takes this route. */
  decide({ hasContent }: Hop, route: Route): Decision {
    const length = hasContent ? this.upload.source.length : 0
    return decide({
      expect: this.#expect,
      settings: this.settings,
      length,
      remembered: route.facts,
    })
  }

  /** What can be done about answers and failures; most uploads go well, and never need it. */
  get recourse(): Recourse {
    this.#recourse ??= recoursesFor(
      this.settings,
      this.#followsMisdirection,
      this.hop,
      this.scope.ways,
    )
    return this.#recourse
  }

  /** Whether something is to be done before each attempt, and about responses that are not refusals. */
  get authenticates(): boolean {
    return this.settings.authenticate !== null
  }
}
