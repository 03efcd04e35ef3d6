import type { Dispatcher } from 'undici'
import type { TunnelAuthentication } from '../connection/tunnel.ts'
import type { InContext, UploadContent } from '../content/upload-content.ts'
import type { UploadError } from '../errors.ts'
import type { Settings } from '../options/options.ts'
import { type Decision, decide, type ExpectMode } from '../protocol/decision.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { Route, Routes } from '../routes/route.ts'
import type { ExpectDispatchOptions } from './expect-request.ts'
import type { HttpRequest } from './http-request.ts'
import { type InterceptorContext, routesTo } from './interceptor-context.ts'
import type { RecoveryStep, UploadResumption } from './recovery-step.ts'

/** What a plan is made of. */
export interface UploadContextOptions {
  readonly interceptorContext: InterceptorContext
  /** The caller's options, of which each attempt's hop overrides some. */
  readonly request: ExpectDispatchOptions
  /** The first request. */
  readonly httpRequest: HttpRequest
  readonly handler: Dispatcher.DispatchHandler
  readonly log: UploadLog
  readonly settings: Settings
  /** The request's own wish or the setting. */
  readonly expect: ExpectMode
  /** What the call does about answers, beside what every upload does. */
  readonly steps: readonly RecoveryStep[]
  /** All of the content, where it is at hand. */
  readonly buffered: string | Buffer | null
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
export class UploadContext {
  readonly interceptorContext: InterceptorContext
  readonly request: ExpectDispatchOptions
  readonly httpRequest: HttpRequest
  readonly handler: Dispatcher.DispatchHandler
  /** `null` where the request has none. */
  content: UploadContent | null = null
  /** `null` where it cannot be resumed. */
  resumption: UploadResumption | null = null
  readonly log: UploadLog
  readonly settings: Settings
  readonly buffered: string | Buffer | null
  readonly lengthStated: boolean
  readonly inContext: InContext
  readonly keepsUntouched: (status: number) => boolean
  readonly mapStatus: (status: number) => number | UploadError
  /** Told when the content breaks before it is read. */
  onBroken: (error: unknown) => void = () => {}
  readonly #expect: ExpectMode
  readonly #steps: readonly RecoveryStep[]
  #recovery: RecoveryStep | null = null

  constructor(options: UploadContextOptions) {
    this.interceptorContext = options.interceptorContext
    this.request = options.request
    this.httpRequest = options.httpRequest
    this.handler = options.handler
    this.log = options.log
    this.settings = options.settings
    this.buffered = options.buffered
    this.lengthStated = options.lengthStated
    this.inContext = options.inContext
    this.keepsUntouched = options.keepsUntouched
    this.mapStatus = options.mapStatus
    this.#expect = options.expect
    this.#steps = options.steps
  }

  /** What is known of the routes that a request may take. */
  routesOf({ origin }: HttpRequest): Routes {
    return routesTo(origin, this.settings, this.interceptorContext)
  }

  /** Whether a request asks that takes this route. */
  decide({ hasContent, part }: HttpRequest, route: Route): Decision {
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
  isLarge({ hasContent }: HttpRequest): boolean {
    if (!hasContent || this.content === null) return false
    const { length } = this.content
    return length === null || length >= this.settings.threshold
  }

  /** What can be done about answers and failures; most uploads go well, and never need it. */
  get recovery(): RecoveryStep {
    const { settings, httpRequest, interceptorContext, resumption } = this
    this.#recovery ??= interceptorContext.recovery.recovery(
      settings,
      httpRequest,
      interceptorContext.routing,
      this.#steps,
      resumption,
    )
    return this.#recovery
  }

  /** What answers a proxy that wants credentials before it makes a tunnel for the current attempt. */
  tunnelTo({ origin }: HttpRequest): TunnelAuthentication | null {
    const { authenticate } = this.settings
    if (authenticate === null || !this.interceptorContext.routing.tunnels(origin)) return null
    return this.interceptorContext.recovery.tunnel(
      authenticate,
      this.log.attempts.length,
      this.inContext,
    )
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
