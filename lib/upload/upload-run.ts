import type { Duplex } from 'node:stream'
import { types } from 'node:util'
import type { Dispatcher } from 'undici'
import { startResponse } from '../connection/forwarding-handler.ts'
import { Wait } from '../connection/wait.ts'
import { UploadError } from '../errors.ts'
import { pairsOf, type ResponseFields } from '../headers.ts'
import type { ReleasedBy } from '../protocol/expectation.ts'
import type { AttemptReason } from '../report/report.ts'
import { failureOf, keepFailure } from '../report/reported.ts'
import { isPromise } from '../unknown.ts'
import { abandon, afterAnswer, afterFailure } from './after-attempt.ts'
import { Attempt } from './attempt.ts'
import { attemptOptions } from './attempt-options.ts'
import { dispatchOptions } from './dispatch-options.ts'
import { PendingResponse } from './pending-response.ts'
import type { AnswerDecision, NextAttempt } from './recovery-step.ts'
import { RequestState } from './request-state.ts'
import { undiciTimeout } from './timeout-errors.ts'
import { Timeouts } from './timeouts.ts'
import type { UploadContext } from './upload-context.ts'
import { UploadController } from './upload-controller.ts'

type Controller = Dispatcher.DispatchController

/**
 * Runs the attempts of one dispatch: the first one, and those of the recovery steps. The caller's
 * handler sees one request.
 */
export class UploadRun {
  readonly uploadContext: UploadContext
  /** The current request, which a head that is being written belongs to. */
  readonly requestState: RequestState
  readonly controller: UploadController
  readonly #timeouts: Timeouts
  #delay: Wait | null = null
  #current: Attempt | null = null
  #pending: PendingResponse | null = null
  /** The decision about a response of an upload resource. It is carried out after the response, on the same connection. */
  #decided: NextAttempt | Error | null = null
  #started = false
  /** Whether the handler got a final response. Later errors are not retried. */
  #responded = false
  #over = false
  #keepsContent = false

  constructor(uploadContext: UploadContext) {
    this.uploadContext = uploadContext
    this.requestState = new RequestState(uploadContext)
    this.controller = new UploadController(this)
    uploadContext.onBroken = (error) => this.sourceFailed(error)
    this.#timeouts = new Timeouts(uploadContext.settings.timeouts, this)
  }

  /** Begins the first attempt; returns what undici's `dispatch` returns. */
  start(): boolean {
    this.uploadContext.interceptorContext.inFlight.begin(this.controller)
    const { log } = this.uploadContext
    // The platform's fetch follows a redirect without a body with another dispatch of the same call.
    const again = log.attempts.length > 0
    this.#timeouts.begin(again ? log.elapsedMs : 0)
    const first = this.uploadContext.resumption?.first ?? null
    if (first !== null) this.requestState.move(first.httpRequest)
    return this.#begin(first?.reason ?? (again ? 'redirect' : 'first'), 0)
  }

  #begin(reason: AttemptReason, delayMs: number): boolean {
    const { buffered, content } = this.uploadContext
    const isEmpty = this.requestState.httpRequest.hasContent && content?.length === 0
    if (!isEmpty || buffered !== null) return this.#dispatch(reason, delayMs)
    // A head with `content-length: 0` is a complete request, so the content is read before it.
    content
      .readEmpty()
      .then(() => this.#over || this.#dispatch(reason, delayMs))
      .catch((error: unknown) => this.sourceFailed(error))
    return true
  }

  #dispatch(reason: AttemptReason, delayMs: number): boolean {
    const { interceptorContext, log } = this.uploadContext
    try {
      const { prepared: httpRequest, decision } = this.requestState
      const isFirst = reason === 'first' || log.reason === 'no-content'
      if (isFirst && httpRequest.hasContent) log.reason = decision.reason
      const options = attemptOptions(this, httpRequest, decision, reason, delayMs)
      const attempt = new Attempt(this, options)
      attempt.log.hasContent = httpRequest.hasContent
      this.#current = attempt
      log.attempts.push(attempt.log)
      this.#timeouts.connecting()
      const dispatched: unknown = interceptorContext.dispatch(
        dispatchOptions(this, attempt, httpRequest),
        attempt,
      )
      // An interceptor below may be an async function, although its type returns a boolean.
      if (!isPromise(dispatched)) return dispatched as boolean
      dispatched.then(undefined, (error: unknown) => {
        if (this.isCurrent(attempt)) this.fail(toError(error, 'The dispatch failed'))
      })
      return true
    } catch (error) {
      this.fail(toError(error, 'The dispatch failed'))
      return true
    }
  }

  // Called by attempts.

  /** Whether the attempt is the current one. Events of an earlier attempt are ignored. */
  isCurrent(attempt: Attempt): boolean {
    return this.#current === attempt && !this.#over
  }

  writing(attempt: Attempt, chunks: readonly Uint8Array[]): void {
    if (!this.isCurrent(attempt)) return
    this.#timeouts.sending(attempt)
    const { handler } = this.uploadContext
    if (handler.onBodySent === undefined) return
    for (const chunk of chunks) handler.onBodySent(chunk as Buffer)
  }

  started(controller: Controller, context: unknown): void {
    this.controller.target = controller
    this.#timeouts.connected()
    if (this.#started) return
    this.#started = true
    this.uploadContext.handler.onRequestStart?.(this.controller, context)
  }

  headWritten(attempt: Attempt): void {
    this.requestState.connected(attempt.isHttp2)
    if (!attempt.log.asked && this.isCurrent(attempt)) this.uploadContext.log.continued()
    if (!attempt.options.asks || attempt.log.asked) return
    // The decision changed before the head was written, so the reason is determined again.
    if (attempt.log.reason === 'first')
      this.uploadContext.log.reason = this.requestState.decide(attempt.isHttp2).reason
  }

  interim(attempt: Attempt, status: number): void {
    if (status !== 100) {
      if (attempt.log.contentEnded) this.awaitHead(attempt)
      return
    }
    const { asked, continueCount, sinceHeadMs } = attempt.log
    if (continueCount > 1) return
    this.requestState.route(attempt.isHttp2).continued(asked ? sinceHeadMs : null)
  }

  released(attempt: Attempt, by: ReleasedBy): void {
    const route = this.requestState.route(attempt.isHttp2)
    if (by === 'timeout') route.unanswered(attempt.hasMeasuredWait)
    if (this.isCurrent(attempt)) this.uploadContext.log.continued()
  }

  progressed(attempt: Attempt): void {
    if (!this.isCurrent(attempt)) return
    this.#timeouts.sending(attempt)
    this.uploadContext.log.progress(attempt.log)
  }

  /** All of the content was accepted, or the final response has begun. The rest of its head is awaited. */
  awaitHead(attempt: Attempt): void {
    if (this.isCurrent(attempt) && attempt.gated) this.#timeouts.awaitHead(attempt)
  }

  callbackFailed(error: unknown): void {
    // Deferred, because the gate must finish its current read or write.
    queueMicrotask(() => this.controller.abort(toError(error, 'A callback failed')))
  }

  responded(attempt: Attempt, status: number, fields: ResponseFields, message?: string): void {
    const { handler, log, call } = this.uploadContext
    // Over HTTP/2, undici also reports a 100, which the handler must not see.
    if (status === 100) return
    if (status < 200) {
      try {
        log.interim({ status, headers: new Headers(pairsOf(fields)) })
        if (status === 104) this.#handleInterim(attempt, fields)
      } catch (error) {
        this.callbackFailed(error)
      }
      startResponse(handler, this.controller, status, fields, message)
      return
    }
    this.#timeouts.endAttempt()
    const { httpRequest } = this.requestState
    const route = this.requestState.route(attempt.isHttp2)
    if (httpRequest.hasContent) route.answered(status, attempt.log.asked)
    const respond = (): void => {
      this.#cancelWithheld(attempt, status)
      const mapped = call?.mapStatus?.(status) ?? status
      if (mapped instanceof UploadError) {
        this.fail(mapped)
        return
      }
      this.#responded = true
      handler.onResponseStart?.(this.controller, mapped, fields, message)
    }
    const decided = afterAnswer(this, attempt, status, fields)
    const isPart = httpRequest.part !== undefined
    if (decided === null) respond()
    else if (decided instanceof Promise) this.#awaitDecision(attempt, decided, respond)
    else if (isPart && status === 204 && attempt.complete) this.#decided = decided
    else this.#follow(attempt, decided)
  }

  data(attempt: Attempt, chunk: Buffer): void {
    if (this.#pending === null) this.uploadContext.handler.onResponseData?.(this.controller, chunk)
    else if (!this.#pending.data(chunk)) attempt.pause()
  }

  ended(trailers: ResponseFields): void {
    if (this.#pending !== null) {
      this.#pending.ended(() => this.ended(trailers))
      return
    }
    if (this.#followLater()) return
    const { handler } = this.uploadContext
    this.#finish()
    try {
      handler.onResponseEnd?.(this.controller, trailers)
    } catch (error) {
      // undici's retry handler throws here, and expects the error in onResponseError.
      handler.onResponseError?.(this.controller, error as Error)
    }
    this.controller.dropReferences()
  }

  upgraded(status: number, fields: ResponseFields, socket: Duplex): void {
    this.#finish()
    this.uploadContext.handler.onRequestUpgrade?.(this.controller, status, fields, socket)
  }

  failed(attempt: Attempt, thrown: Error): void {
    // A caller's connector or lookup may pass on anything.
    const error = this.#isCallers(thrown) ? thrown : toError(thrown, 'The connection failed')
    if (this.#pending !== null) {
      this.#pending.ended(() => {
        this.controller.target = null
        // The platform's fetch never settles when a response fails in the turn in which it began.
        setImmediate(() => this.failed(attempt, error))
      })
      return
    }
    if (!this.controller.abortedByCaller && this.#followLater()) return
    const next = this.#afterFailure(attempt, error)
    if (next === null || next instanceof Error) {
      this.fail(this.#isCallers(error) ? error : failureOf(next ?? error, this.uploadContext.log))
      return
    }
    // Deferred by #goOn, because undici asserts that no request is added while it fails the waiting ones.
    this.#goOn(attempt, next)
  }

  // Between attempts.

  #afterFailure(attempt: Attempt, error: Error): AnswerDecision {
    if (this.#responded || this.#isCallers(error)) return null
    if (!attempt.needsHttp2(error)) return afterFailure(this, attempt, error)
    this.requestState.refusedHttp1()
    const { httpRequest } = this.requestState
    return { httpRequest, reason: 'fresh-connection', delayMs: 0 }
  }

  /** Whether an error comes from the caller: their abort, or their content. */
  #isCallers(error: Error): boolean {
    const { content } = this.uploadContext
    return this.controller.abortedByCaller || (content !== null && content.failure === error)
  }

  /** Holds a final response back until the recovery steps have decided. */
  #awaitDecision(attempt: Attempt, deciding: Promise<AnswerDecision>, respond: () => void): void {
    const pending = new PendingResponse(respond)
    const { target } = this.controller
    this.#pending = pending
    // The connection may close before the decision. Its controller would then ignore an abort.
    this.controller.target = null
    deciding
      .then((decided) => {
        if (this.#pending !== pending || this.#over) return
        this.#pending = null
        if (decided !== null) {
          this.#follow(attempt, decided)
          return
        }
        this.controller.target = target
        this.#passOn(attempt, pending)
        if (!this.controller.paused) attempt.resume()
      })
      .catch((error: unknown) => this.fail(toError(error, 'authenticate failed')))
  }

  #passOn(attempt: Attempt, pending: PendingResponse): void {
    for (const step of pending.steps((chunk) => this.data(attempt, chunk))) {
      step()
      // After the connection was closed, an abort causes no event.
      const { abortedByCaller, reason } = this.controller
      if (abortedByCaller && reason !== null) this.fail(reason)
      if (this.#over) return
    }
  }

  /** Carries out the decision about a response that has ended; returns whether there was one. */
  #followLater(): boolean {
    const decided = this.#decided
    const attempt = this.#current
    if (decided === null || attempt === null) return false
    this.#decided = null
    this.controller.target = null
    // undici frees the connection one turn after the end of the response.
    setImmediate(() => {
      if (this.isCurrent(attempt)) this.#follow(attempt, decided)
    })
    return true
  }

  #follow(attempt: Attempt, decided: NextAttempt | Error): void {
    if (decided instanceof Error) this.fail(decided)
    else this.#next(attempt, decided)
  }

  /** Aborts one attempt and begins the next. */
  #next(attempt: Attempt, { httpRequest, reason, delayMs }: NextAttempt): void {
    if (reason === 'replay') {
      this.requestState.disableExpect()
      attempt.publish('replay', { status: 417 })
    }
    this.#timeouts.endAttempt()
    this.#current = null
    this.controller.target = null
    attempt.abort()
    this.requestState.move(httpRequest)
    if (this.#over) return
    const { content, log } = this.uploadContext
    const isOwn = httpRequest.part === undefined
    if (!httpRequest.hasContent && isOwn) content?.cancel()
    if (reason === 'redirect' && isOwn) log.location = httpRequest.origin + httpRequest.path
    if (delayMs === 0) {
      this.#begin(reason, 0)
      return
    }
    const waited = (): void => {
      this.uploadContext.inContext(() => this.#begin(reason, delayMs))
    }
    this.#delay = new Wait({ waited })
    this.#delay.start(delayMs)
  }

  sourceFailed(error: unknown): void {
    if (this.#over) return
    const attempt = this.#current
    const failure = toError(error, 'The source failed')
    const next = this.uploadContext.resumption?.contentFailed(failure) ?? null
    if (next === null || attempt === null) this.controller.abort(failure)
    else this.#goOn(attempt, next)
  }

  /** Makes the next attempt instead of continuing this one, after the current callback. */
  #goOn(attempt: Attempt, next: NextAttempt): void {
    queueMicrotask(() => {
      // A final response may have been received meanwhile.
      if (this.#responded || this.#pending !== null || this.#decided !== null) return
      if (this.isCurrent(attempt)) this.uploadContext.inContext(() => this.#next(attempt, next))
    })
  }

  /** Handles a 104, which may end the attempt. */
  #handleInterim(attempt: Attempt, fields: ResponseFields): void {
    const { resumption, log } = this.uploadContext
    if (resumption === null || !attempt.isOwnContent) return
    const decided = resumption.interim(fields, this.requestState.httpRequest, attempt.reached)
    if (decided instanceof Error) this.callbackFailed(decided)
    else if (decided !== null) this.#goOn(attempt, decided)
    else log.progress(attempt.log)
  }

  expired(error: UploadError): void {
    // The response is complete, so content that the origin does not read is no error.
    const attempt = this.#current
    if (attempt?.stopAfterResponse()) return
    const next = attempt === null ? null : this.#afterStall(attempt, error)
    if (next !== null && attempt !== null) this.#goOn(attempt, next)
    else this.controller.abort(this.uploadContext.resumption?.failure ?? error)
  }

  /** The next attempt of a resumable upload after a timeout of a connection. */
  #afterStall(attempt: Attempt, error: UploadError): NextAttempt | null {
    const { resumption, log } = this.uploadContext
    if (resumption === null || error.code === 'ERR_EXPECT_TOTAL_TIMEOUT') return null
    const decided = this.#afterFailure(attempt, error)
    if (decided === null || decided instanceof Error) return null
    this.#timeouts.begin(log.elapsedMs)
    return decided
  }

  fail(error: Error): void {
    if (this.#over) return
    const { handler, log, settings } = this.uploadContext
    const attempt = this.#current
    this.#finish(error)
    const failure = undiciTimeout(error, settings.timeouts) ?? error
    const reported = failure instanceof UploadError ? failure.at(log.place()) : failure
    keepFailure(reported, log)
    // Before abort(), so that `aborted` stays false: retry interceptors above do not retry aborted requests.
    this.controller.target = null
    attempt?.abort()
    handler.onResponseError?.(this.controller, reported)
    this.controller.dropReferences()
    abandon(this.uploadContext, error)
  }

  /** Discards content that a final response withheld, unless the caller may still use it. */
  #cancelWithheld(attempt: Attempt, status: number): void {
    const { content, call } = this.uploadContext
    if (content === null || !attempt.log.withheld) return
    // After a redirect, the caller may send the content to its target.
    const keeps = (status >= 300 && status < 400) || call?.keepsUnread?.(status)
    if (content.isUnread && keeps) this.#keepsContent = true
    else content.cancel()
  }

  #finish(reason?: Error): void {
    this.#over = true
    this.#delay?.stop()
    this.#timeouts.stop()
    if (!this.#keepsContent) this.uploadContext.content?.cancel(reason)
    this.uploadContext.interceptorContext.inFlight.end(this.controller)
  }
}

function toError(thrown: unknown, message: string): Error {
  // An error of another realm is no instance of this one's Error.
  if (thrown instanceof Error || types.isNativeError(thrown)) return thrown
  return new Error(message, { cause: thrown })
}
