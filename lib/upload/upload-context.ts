import type { Dispatcher } from 'undici'
import type { TunnelAuthentication } from '../connection/tunnel.ts'
import type { InContext, UploadContent } from '../content/upload-content.ts'
import type { UploadError } from '../errors.ts'
import type { Settings } from '../options/settings.ts'
import { type Decision, decide, type ExpectMode } from '../protocol/decision.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { Route, Routes } from '../routes/route.ts'
import type { ExpectDispatchOptions } from './expect-request.ts'
import type { HttpRequest } from './http-request.ts'
import { type InterceptorContext, routesTo } from './interceptor-context.ts'
import type { RecoveryStep, UploadResumption } from './recovery-step.ts'

interface UploadContextOptions {
  readonly interceptorContext: InterceptorContext
  /** The caller's options, some of which each attempt overrides with its own request. */
  readonly request: ExpectDispatchOptions
  /** The first request. */
  readonly httpRequest: HttpRequest
  readonly handler: Dispatcher.DispatchHandler
  readonly log: UploadLog
  readonly settings: Settings
  /** The mode from the request's `Expect` header, or from the setting. */
  readonly expect: ExpectMode
  /** The additional recovery steps of the call. */
  readonly steps: readonly RecoveryStep[]
  /** The whole content, if it is in memory. */
  readonly buffered: string | Buffer | null
  /** Whether the caller stated the length of the content. */
  readonly lengthStated: boolean
  /** Runs a function in the caller's async context. */
  readonly inContext: InContext
  /** Whether unread content is left to the caller instead of released. */
  readonly keepsUntouched: (status: number) => boolean
  /** The status to pass to the handler instead of this one, or the error to fail with. */
  readonly mapStatus: (status: number) => number | UploadError
}

/** The parts of an upload that all its attempts share. */
export class UploadContext {
  readonly interceptorContext: InterceptorContext
  readonly request: ExpectDispatchOptions
  readonly httpRequest: HttpRequest
  readonly handler: Dispatcher.DispatchHandler
  /** The content; `null` when the request has none. */
  content: UploadContent | null = null
  /** The resumption; `null` when the upload cannot be resumed. */
  resumption: UploadResumption | null = null
  readonly log: UploadLog
  readonly settings: Settings
  readonly buffered: string | Buffer | null
  readonly lengthStated: boolean
  readonly inContext: InContext
  readonly keepsUntouched: (status: number) => boolean
  readonly mapStatus: (status: number) => number | UploadError
  /** Called when the content fails before it is read. */
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

  /** The remembered routes of a request. */
  routesOf({ origin }: HttpRequest): Routes {
    return routesTo(origin, this.settings, this.interceptorContext)
  }

  /** Whether a request on this route carries the expectation. */
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
   * Whether the content of a request is large, or of unknown length. Such content is slow over HTTP/2,
   * where most servers accept a window of 64 KiB per round trip, and many never send a 100.
   */
  isLarge({ hasContent }: HttpRequest): boolean {
    if (!hasContent || this.content === null) return false
    const { length } = this.content
    return length === null || length >= this.settings.threshold
  }

  /** The recovery steps, made at first use, because most uploads need none. */
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

  /** The answers to a proxy's challenges to CONNECT, for the current attempt. */
  tunnelTo({ origin }: HttpRequest): TunnelAuthentication | null {
    const { authenticate } = this.settings
    if (authenticate === null || !this.interceptorContext.routing.tunnels(origin)) return null
    return this.interceptorContext.recovery.tunnel(
      authenticate,
      this.log.attempts.length,
      this.inContext,
    )
  }

  /** Whether the recovery steps also see responses with a status below 300. */
  get watchesAll(): boolean {
    return this.authenticates || this.resumption !== null
  }

  /** Whether credentials are sent, so that recovery steps prepare each attempt and see each response. */
  get authenticates(): boolean {
    return this.settings.authenticate !== null
  }
}
