import type { Dispatcher } from 'undici'
import type { InContext, UploadContent } from '../content/upload-content.ts'
import type { UploadError } from '../errors.ts'
import type { ExpectMode, Settings } from '../options.ts'
import { type Decision, decide } from '../protocol/decision.ts'
import { recoursesFor } from '../recovery/recourses.ts'
import type { Resumption } from '../recovery/resume.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { Route } from '../routes/route.ts'
import type { Hop } from './hop.ts'
import type { Recourse } from './recourse.ts'
import { routeTo, type Scope } from './scope.ts'

/** What a plan is made of. */
export interface PlanOptions {
  readonly scope: Scope
  /** The caller's options, of which each attempt's hop overrides some. */
  readonly request: Dispatcher.DispatchOptions
  /** The first request. */
  readonly hop: Hop
  readonly handler: Dispatcher.DispatchHandler
  readonly log: UploadLog
  readonly settings: Settings
  /** The request's own wish or the setting. */
  readonly expect: ExpectMode
  /** What the call does about answers, beside what every upload does. */
  readonly steps: readonly Recourse[]
  /** All of the content, where it is at hand. */
  readonly whole: string | Buffer | null
  /** Whether the caller stated the length of the content. */
  readonly lengthStated: boolean
  /** Runs a function in the caller's async context. */
  readonly inContext: InContext
  /** Whether content that an answer left untouched is left to the caller. */
  readonly keepsUntouched: (status: number) => boolean
  /** The status that the handler is shown in place of this one, or the error to fail with. */
  readonly mapStatus: (status: number) => number | UploadError
}

/** All that the attempts of one upload need, and that does not change. */
export class Plan {
  readonly scope: Scope
  readonly request: Dispatcher.DispatchOptions
  readonly hop: Hop
  readonly handler: Dispatcher.DispatchHandler
  /** `null` where the request has none. */
  content: UploadContent | null = null
  /** `null` where it cannot be resumed. */
  resumption: Resumption | null = null
  readonly log: UploadLog
  readonly settings: Settings
  readonly whole: string | Buffer | null
  readonly lengthStated: boolean
  readonly inContext: InContext
  readonly keepsUntouched: (status: number) => boolean
  readonly mapStatus: (status: number) => number | UploadError
  /** Told when the content breaks before it is read. */
  onBroken: (error: unknown) => void = () => {}
  readonly #expect: ExpectMode
  readonly #steps: readonly Recourse[]
  #recourse: Recourse | null = null

  constructor(options: PlanOptions) {
    this.scope = options.scope
    this.request = options.request
    this.hop = options.hop
    this.handler = options.handler
    this.log = options.log
    this.settings = options.settings
    this.whole = options.whole
    this.lengthStated = options.lengthStated
    this.inContext = options.inContext
    this.keepsUntouched = options.keepsUntouched
    this.mapStatus = options.mapStatus
    this.#expect = options.expect
    this.#steps = options.steps
  }

  /** What is known of the route that a request takes. */
  routeOf({ origin }: Hop): Route {
    return routeTo(origin, this.settings, this.scope)
  }

  /** Whether a request asks that takes this route. */
  decide({ hasContent, part }: Hop, route: Route): Decision {
    const length = hasContent && this.content !== null ? this.content.lengthOf(part) : 0
    return decide({
      expect: this.#expect,
      settings: this.settings,
      length,
      remembered: route.facts,
    })
  }

  /** What can be done about answers and failures; most uploads go well, and never need it. */
  get recourse(): Recourse {
    const { settings, hop, scope, resumption } = this
    this.#recourse ??= recoursesFor(settings, hop, scope.ways, this.#steps, resumption)
    return this.#recourse
  }

  /** Whether responses are looked at that are not refusals. */
  get watchesAll(): boolean {
    return this.authenticates || this.resumption !== null
  }

  /** Whether something is to be done before each attempt, and about responses that are not refusals. */
  get authenticates(): boolean {
    return this.settings.authenticate !== null
  }
}
