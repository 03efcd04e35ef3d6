import type { Dispatcher } from 'undici'
import type { TunnelAuthentication } from '../connection/tunnel.ts'
import type { InContext, UploadContent } from '../content/upload-content.ts'
import type { UploadError } from '../errors.ts'
import type { Settings } from '../options/options.ts'
import { type Decision, decide, type ExpectMode } from '../protocol/decision.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { Route, Routes } from '../routes/route.ts'
import type { ExpectRequest } from './expect-request.ts'
import type { Hop } from './hop.ts'
import type { Recourse, UploadResumption } from './recourse.ts'
import { routesTo, type Scope } from './scope.ts'

/** What a plan is made of. */
export interface PlanOptions {
  readonly scope: Scope
  /** The caller's options, of which each attempt's hop overrides some. */
  readonly request: ExpectRequest
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
  readonly request: ExpectRequest
  readonly hop: Hop
  readonly handler: Dispatcher.DispatchHandler
  /** `null` where the request has none. */
  content: UploadContent | null = null
  /** `null` where it cannot be resumed. */
  resumption: UploadResumption | null = null
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

  /** What is known of the routes that a request may take. */
  routesOf({ origin }: Hop): Routes {
    return routesTo(origin, this.settings, this.scope)
  }

  /** Whether a request asks that takes this route. */
  decide({ hasContent, part }: Hop, route: Route): Decision {
    const length = hasContent && this.content !== null ? this.content.lengthOf(part) : 0
    return decide({
      expect: this.#expect,
      threshold: this.settings.threshold,
      length,
      remembered: route.facts,
    })
  }

  /**
   * Whether a request is large, or of unknown length. Over HTTP/2 most servers take one window of
   * 64 KiB a round trip, and many never say 100.
   */
  isLarge({ hasContent }: Hop): boolean {
    if (!hasContent || this.content === null) return false
    const { length } = this.content
    return length === null || length >= this.settings.threshold
  }

  /** What can be done about answers and failures; most uploads go well, and never need it. */
  get recourse(): Recourse {
    const { settings, hop, scope, resumption } = this
    this.#recourse ??= scope.recovery.recourse(settings, hop, scope.ways, this.#steps, resumption)
    return this.#recourse
  }

  /** What answers a proxy that wants credentials before it makes a tunnel for the current attempt. */
  tunnelTo({ origin }: Hop): TunnelAuthentication | null {
    const { authenticate } = this.settings
    if (authenticate === null || !this.scope.ways.tunnels(origin)) return null
    return this.scope.recovery.tunnel(authenticate, this.log.attempts.length, this.inContext)
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
