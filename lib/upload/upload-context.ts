import { AsyncResource } from 'node:async_hooks'
import type { Dispatcher } from 'undici'
import { chunkSent, ticketKey } from '../connection/ticket.ts'
import type { Content } from '../content/content.ts'
import { ContentDigest } from '../content/content-digest.ts'
import { type InContext, UploadContent } from '../content/upload-content.ts'
import type { Settings } from '../options/settings.ts'
import type { ExpectMode } from '../protocol/decision.ts'
import { UploadLog } from '../report/upload-log.ts'
import { refuseLength, statedLength } from './content-length.ts'
import { attemptKey, type Call, callKey, type ExpectDispatchOptions } from './expect-request.ts'
import type { HttpRequest } from './http-request.ts'
import {
  httpRequestOf,
  type InterceptedRequest,
  withoutBounds,
  withoutExpectHeader,
  withoutPreference,
  withoutRecovery,
} from './intercepted-request.ts'
import type { InterceptorContext } from './interceptor.ts'
import type { RecoveryStep, UploadResumption } from './recovery-step.ts'

/** The parts of an upload that all its attempts share. */
export class UploadContext {
  readonly interceptorContext: InterceptorContext
  readonly settings: Settings
  readonly handler: Dispatcher.DispatchHandler
  readonly log: UploadLog
  /** Runs a function in the caller's async context. */
  readonly inContext: InContext = currentContext()
  /** The caller's options, some of which each attempt overrides with its own request. */
  readonly request: ExpectDispatchOptions
  /** The first request. */
  readonly httpRequest: HttpRequest
  readonly lengthStated: boolean
  /** The whole content, if it is in memory. */
  readonly buffered: string | Buffer | null
  readonly content: UploadContent | null
  /** The resumption; `null` when the upload cannot be resumed. */
  readonly resumption: UploadResumption | null
  /** Called when the content fails before it is read. */
  onBroken: (error: unknown) => void = () => {}
  /** The mode from the request's `Expect` header, or from the setting. */
  readonly expect: ExpectMode
  readonly call: Call | undefined
  #recovery: RecoveryStep | null = null

  /** @throws UploadError when the content has not the declared length. */
  constructor(
    { request, content, expectHeader, settings, handler }: InterceptedRequest,
    interceptorContext: InterceptorContext,
  ) {
    const call = request[callKey]
    const outer = request[ticketKey]?.options
    const stated = outer?.lengthStated === false ? null : statedLength(request.headers)
    const length = stated ?? content?.length ?? null
    if (content !== null) refuseLength(content.length, stated)
    this.interceptorContext = interceptorContext
    this.settings = settings
    this.handler = handler
    this.log = call?.log ?? new UploadLog()
    // This run makes its own attempt, which replaces that of an interceptor above.
    const above = request[attemptKey]
    if (above !== undefined) this.log.drop(above)
    this.log.total = content === null ? null : length
    const plain = withoutPreference(withoutExpectHeader(request, expectHeader))
    const httpRequest = httpRequestOf(plain, content, length)
    const { recovery, isReplaced } = interceptorContext
    const invited = outer?.isResumable === true
    const invitation = recovery.invitation(settings, httpRequest, length, invited)
    this.request = isReplaced ? withoutBounds(plain) : withoutRecovery(plain, settings)
    this.httpRequest = invitation ?? httpRequest
    this.lengthStated = stated !== null
    this.buffered = content?.buffered ?? null
    this.call = call
    this.expect = expectHeader ?? settings.expect
    this.content = content && this.#uploadContent(content, length, invitation !== null)
    this.resumption =
      content !== null && this.content !== null && invitation !== null
        ? this.#resumptionOf(this.content, httpRequest, content.revision)
        : null
  }

  #uploadContent(content: Content, length: number | null, slides: boolean): UploadContent {
    const { handler, settings, inContext } = this
    const { replayWindow, resume } = settings
    // Handlers and subscribers may keep the chunks.
    const canReuseBuffers = handler.onBodySent === undefined && !chunkSent.hasSubscribers
    const algorithm = typeof resume === 'object' ? resume.digest : undefined
    const digest = slides && algorithm !== undefined ? new ContentDigest(algorithm) : null
    const options = { length, replayWindow, slides, canReuseBuffers, digest, inContext }
    return new UploadContent(content, options, (error) => this.onBroken(error))
  }

  #resumptionOf(
    content: UploadContent,
    httpRequest: HttpRequest,
    revision: string | undefined,
  ): UploadResumption {
    const { interceptorContext, log, settings } = this
    const { allowInsecureRedirect, resume } = settings
    const options = typeof resume === 'object' ? resume : {}
    const resumable = { httpRequest, content, revision, log, allowInsecureRedirect }
    return interceptorContext.recovery.resumption(options, resumable)
  }

  /** The recovery steps, made at first use, because most uploads need none. */
  get recovery(): RecoveryStep {
    this.#recovery ??= this.interceptorContext.recovery.steps(this)
    return this.#recovery
  }
}

/** The current async context, like AsyncLocalStorage.snapshot(), which allocates three times as many objects. */
function currentContext(): InContext {
  const resource = new AsyncResource('expect-continue')
  return (call, ...args) => resource.runInAsyncScope(call, undefined, ...args)
}
