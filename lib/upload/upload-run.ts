import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { startResponse } from '../connection/forwarding-handler.ts'
import { ticketKey } from '../connection/ticket.ts'
import { tunnelKey } from '../connection/tunnel.ts'
import { Wait, type Waiting } from '../connection/wait.ts'
import type { InContext } from '../content/upload-content.ts'
import { UploadError } from '../errors.ts'
import { pairsOf, type ResponseFields } from '../headers.ts'
import type { Decision } from '../protocol/decision.ts'
import type { ReleasedBy } from '../protocol/expectation.ts'
import type { AskReason, AttemptReason } from '../report/report.ts'
import { failureOf, keepFailure } from '../report/reported.ts'
import type { Route } from '../routes/route.ts'
import type { WaitLimit } from '../routes/wait-limit.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import { undiciTimeout } from './deadlines.ts'
import { attemptKey, callKey, type ExpectDispatchOptions } from './expect-request.ts'
import { type HttpRequest, placeOf } from './http-request.ts'
import { PendingResponse } from './pending-response.ts'
import type { Answer, AnswerDecision, Failure, NextAttempt } from './recovery-step.ts'
import { RequestState } from './request-state.ts'
import { type TimeoutOwner, Timeouts } from './timeouts.ts'
import type { UploadContext } from './upload-context.ts'
import { type ControllerOwner, UploadController } from './upload-controller.ts'

type Controller = Dispatcher.DispatchController

/**
 * Runs the attempts of one dispatch: the first, and those that come in place of an answer or
 * a failure. The caller's handler sees one request.
 */
export class UploadRun implements AttemptOwner, ControllerOwner, TimeoutOwner, Waiting {
  readonly #uploadContext: UploadContext
  readonly #controller: UploadController
  readonly #timeouts: Timeouts
  readonly #request: RequestState
  /** The next attempt, which is yet to come, and the time until then. */
  #delayed: {
    readonly reason: AttemptReason
    readonly delayMs: number
    readonly wait: Wait
  } | null = null
  #current: Attempt | null = null
  #held: PendingResponse | null = null
  /** What is decided about a response of an upload resource, whose end leaves the connection free for it. */
  #decided: NextAttempt | Error | null = null
  #started = false
  /** Whether the handler has a final response; what befalls that is no reason to try again. */
  #delivered = false
  #over = false
  /** Whether content that nothing touched is left to the caller. */
  #leaves = false

  constructor(uploadContext: UploadContext) {
    this.#uploadContext = uploadContext
    this.#request = new RequestState(uploadContext)
    this.#controller = new UploadController(this)
    uploadContext.onBroken = (error) => this.sourceFailed(error)
    this.#timeouts = new Timeouts(uploadContext.settings.timeouts, this)
  }

  /** Ends the upload, also before its first attempt has begun. */
  get controller(): Controller {
    return this.#controller
  }

  /** Begins the first attempt; answers what undici's `dispatch` answers. */
  start(): boolean {
    this.#uploadContext.interceptorContext.inFlight.begin(this.#controller)
    const { log } = this.#uploadContext
    // A fetch without a body that follows a redirect dispatches once more for the same call.
    const again = log.attempts.length > 0
    this.#timeouts.begin(again ? log.elapsedMs : 0)
    const first = this.#uploadContext.resumption?.first ?? null
    if (first !== null) this.#request.move(first.httpRequest)
    return this.#begin(first?.reason ?? (again ? 'redirect' : 'first'), 0)
  }

  #begin(reason: AttemptReason, delayMs: number): boolean {
    if (!this.#request.isEmpty) return this.#dispatch(reason, delayMs)
    // A head that declares no content is a whole request, so the content is looked at before.
    this.#uploadContext.content
      ?.readEmpty()
      .then(() => this.#over || this.#dispatch(reason, delayMs))
      .catch((error: unknown) => this.sourceFailed(error))
    return true
  }

  #dispatch(reason: AttemptReason, delayMs: number): boolean {
    const { interceptorContext, log } = this.#uploadContext
    try {
      const { prepared: httpRequest, decision } = this.#request
      const isFirst = reason === 'first' || log.reason === 'no-content'
      if (isFirst && httpRequest.hasContent) log.reason = decision.reason
      const attempt = this.#attempt(httpRequest, decision, reason, delayMs)
      this.#current = attempt
      log.attempts.push(attempt.log)
      return interceptorContext.dispatch(this.#options(attempt, httpRequest), attempt)
    } catch (error) {
      this.#fail(error as Error)
      return true
    }
  }

  #attempt(
    httpRequest: HttpRequest,
    { asks, reason: why }: Decision,
    reason: AttemptReason,
    delayMs: number,
  ): Attempt {
    const { interceptorContext, log, settings, content, buffered, lengthStated, resumption } =
      this.#uploadContext
    const { part } = httpRequest
    const sends = httpRequest.hasContent && content?.length !== 0
    const attempt = new Attempt(this, {
      reason,
      startedAtMs: log.elapsedMs,
      delayMs,
      method: httpRequest.method,
      url: placeOf(httpRequest),
      offset: part?.start ?? 0,
      number: log.attempts.length + 1,
      asks,
      unaskedReason: this.#unaskedReason(why),
      rescueTimeout: settings.rescueTimeout,
      content: sends ? content : null,
      part,
      heedsInterim: resumption !== null,
      buffered: asks || part !== undefined ? null : buffered,
      prefersHttp1: this.#request.prefersHttp1,
      mayNeedHttp2: this.#request.mayNeedHttp2,
      lengthStated,
      yields: interceptorContext.yields,
    })
    attempt.log.hasContent = httpRequest.hasContent
    return attempt
  }

  /** Why content is sent unasked where nothing can hold it back; `null` where that is an error. */
  #unaskedReason(reason: AskReason): AskReason | null {
    // What was refused for now is asked about below the threshold, too, where it can be.
    if (reason === 'remembered-refusal') return 'below-threshold'
    return this.#uploadContext.interceptorContext.needsGate || reason === 'always'
      ? null
      : 'no-gate'
  }

  #options(attempt: Attempt, httpRequest: HttpRequest): ExpectDispatchOptions {
    const { request, settings } = this.#uploadContext
    const { origin, path, method, headers } = httpRequest
    const { body } = attempt
    const options: ExpectDispatchOptions = {
      ...request,
      origin,
      path,
      method,
      headers,
      body: body as null,
    }
    options[attemptKey] = attempt.log
    const { allowH2 } = this.#request
    if (allowH2 !== undefined) options.allowH2 = allowH2
    // An interceptor below would take all of the content for what is sent.
    if (httpRequest.part !== undefined) delete options[callKey]
    const { headers: headersTimeout, body: bodyTimeout } = settings.timeouts
    // Where no gate watches the content, undici's own timer has to do.
    if (headersTimeout !== undefined) options.headersTimeout = headersTimeout
    if (bodyTimeout !== undefined) options.bodyTimeout = bodyTimeout
    if (body !== null) options[ticketKey] = attempt
    const tunnel = this.#uploadContext.tunnelTo(httpRequest)
    if (tunnel !== null) options[tunnelKey] = tunnel
    return options
  }

  // What the current attempt reports ---------------------------------------------------

  isCurrent(attempt: Attempt): boolean {
    return this.#current === attempt && !this.#over
  }

  stillAsks(isHttp2: boolean): boolean {
    return this.#request.decide(isHttp2).asks
  }

  waitLimit(isHttp2: boolean): WaitLimit {
    return this.#request.waitLimit(isHttp2)
  }

  get inContext(): InContext {
    return this.#uploadContext.inContext
  }

  writing(attempt: Attempt, chunks: readonly Uint8Array[]): void {
    if (!this.isCurrent(attempt)) return
    this.#timeouts.sending(attempt)
    if (this.#uploadContext.handler.onBodySent === undefined) return
    for (const chunk of chunks) this.bodySent(chunk)
  }

  started(controller: Controller, context: unknown): void {
    this.#controller.target = controller
    if (this.#started) return
    this.#started = true
    this.#uploadContext.handler.onRequestStart?.(this.#controller, context)
  }

  left(attempt: Attempt): void {
    this.#request.connected(attempt.isHttp2)
    if (!attempt.log.asked && this.isCurrent(attempt)) this.#uploadContext.log.continued()
    if (!attempt.asksAtAll || attempt.log.asked) return
    // The route turned out to be silent since it was decided to ask.
    if (attempt.log.reason === 'first')
      this.#uploadContext.log.reason = this.#request.decide(attempt.isHttp2).reason
  }

  goesUnasked(reason: AskReason): void {
    this.#uploadContext.log.reason = reason
  }

  interim(attempt: Attempt, status: number): void {
    if (status !== 100) {
      if (attempt.log.contentEnded) this.#awaitHead(attempt)
      return
    }
    const { asked, goAheads, sinceHeadMs } = attempt.log
    if (goAheads === 1) this.#routeOf(attempt).continued(asked ? sinceHeadMs : null)
  }

  released(attempt: Attempt, by: ReleasedBy): void {
    if (by === 'timeout') this.#routeOf(attempt).unanswered(attempt.measured)
    if (this.isCurrent(attempt)) this.#uploadContext.log.continued()
  }

  progressed(attempt: Attempt): void {
    if (!this.isCurrent(attempt)) return
    this.#timeouts.sending(attempt)
    this.#uploadContext.log.progress(attempt.log)
  }

  sent(attempt: Attempt): void {
    if (attempt.log.status === null) this.#awaitHead(attempt)
  }

  final(attempt: Attempt): void {
    this.#awaitHead(attempt)
  }

  #awaitHead(attempt: Attempt): void {
    if (this.isCurrent(attempt) && attempt.gated) this.#timeouts.awaitHead(attempt)
  }

  #routeOf({ isHttp2 }: Attempt): Route {
    return this.#request.route(isHttp2)
  }

  callbackFailed(error: unknown): void {
    // The gate is in the middle of a read or a write, and must get to the end of it.
    queueMicrotask(() => this.#controller.abort(toError(error)))
  }

  bodySent(chunk: Uint8Array): void {
    this.#uploadContext.handler.onBodySent?.(chunk as Buffer)
  }

  requestSent(): void {
    this.#uploadContext.handler.onRequestSent?.()
  }

  responding(): void {
    this.#uploadContext.handler.onResponseStarted?.()
  }

  responded(attempt: Attempt, status: number, fields: ResponseFields, message?: string): void {
    const { handler, log } = this.#uploadContext
    // Over HTTP/2, undici hands a 100 on, which concerns the upload alone.
    if (status === 100) return
    if (status < 200) {
      try {
        log.interim({ status, headers: new Headers(pairsOf(fields)) })
        if (status === 104) this.#heed(attempt, fields)
      } catch (error) {
        this.callbackFailed(error)
      }
      startResponse(handler, this.#controller, status, fields, message)
      return
    }
    this.#timeouts.answered()
    if (this.#request.httpRequest.hasContent)
      this.#routeOf(attempt).answered(status, attempt.log.asked)
    const deliver = (): void => {
      this.#release(attempt, status)
      const mapped = this.#uploadContext.mapStatus(status)
      if (mapped instanceof UploadError) {
        this.#fail(mapped)
        return
      }
      this.#delivered = true
      handler.onResponseStart?.(this.#controller, mapped, fields, message)
    }
    const decided = this.#afterAnswer(attempt, status, fields)
    const isPart = this.#request.httpRequest.part !== undefined
    if (decided === null) deliver()
    else if (decided instanceof Promise) this.#hold(attempt, decided, deliver)
    else if (isPart && status === 204 && attempt.complete) this.#decided = decided
    else this.#follow(attempt, decided)
  }

  data(attempt: Attempt, chunk: Buffer): void {
    if (this.#held === null) this.#uploadContext.handler.onResponseData?.(this.#controller, chunk)
    else if (!this.#held.data(chunk)) attempt.hold()
  }

  detached(): void {
    this.#controller.target = null
  }

  ended(trailers: ResponseFields): void {
    if (this.#held !== null) {
      this.#held.over(() => this.ended(trailers))
      return
    }
    if (this.#followLater()) return
    const { handler } = this.#uploadContext
    this.#finish()
    try {
      handler.onResponseEnd?.(this.#controller, trailers)
    } catch (error) {
      // undici's retry handler throws here what it wants to be told of as a failure.
      handler.onResponseError?.(this.#controller, error as Error)
    }
    this.#controller.release()
  }

  upgraded(status: number, fields: ResponseFields, socket: Duplex): void {
    this.#finish()
    this.#uploadContext.handler.onRequestUpgrade?.(this.#controller, status, fields, socket)
  }

  failed(attempt: Attempt, error: Error): void {
    if (this.#held !== null) {
      this.#held.over(() => {
        this.#controller.target = null
        // The platform's fetch never settles when a response breaks off in the turn in which it began.
        setImmediate(() => this.failed(attempt, error))
      })
      return
    }
    if (!this.#controller.abortedByCaller && this.#followLater()) return
    const next = this.#afterFailure(attempt, error)
    if (next === null || next instanceof Error) {
      this.#fail(this.#isCallers(error) ? error : failureOf(next ?? error, this.#uploadContext.log))
      return
    }
    // undici fails all that waits for a connection in one go, and asserts that nothing was added.
    this.#goOn(attempt, next)
  }

  // Between attempts -------------------------------------------------------------------

  #afterAnswer(
    attempt: Attempt,
    status: number,
    fields: ResponseFields,
  ): AnswerDecision | Promise<AnswerDecision> {
    const { log, resumption, watchesAll } = this.#uploadContext
    if (status < 300 && !watchesAll) return null
    const { httpRequest } = this.#request
    resumption?.reached(attempt.reached)
    const answer: Answer = {
      status,
      fields,
      httpRequest,
      attempt: attempt.log.snapshot(),
      number: log.attempts.length,
      sendable: !httpRequest.hasContent || this.#isSendable(httpRequest),
      complete: attempt.complete,
    }
    return this.#uploadContext.recovery.answered?.(answer) ?? null
  }

  /** Whether the content that goes with a request can be had again. */
  #isSendable({ part }: HttpRequest): boolean {
    return this.#uploadContext.content?.opensAt(part?.start ?? 0) ?? true
  }

  #afterFailure(attempt: Attempt, error: Error): AnswerDecision {
    if (this.#delivered || this.#isCallers(error)) return null
    const { httpRequest } = this.#request
    if (attempt.needsHttp2(error)) {
      this.#request.refusedHttp1()
      return { httpRequest, reason: 'fresh-connection', delayMs: 0 }
    }
    this.#uploadContext.resumption?.reached(attempt.reached)
    const failure: Failure = {
      error,
      httpRequest,
      attempt: attempt.log.snapshot(),
      sendable: this.#isSendable(httpRequest),
      untouched: attempt.untouchedBy(error),
    }
    return this.#uploadContext.recovery.failed?.(failure) ?? null
  }

  /** Whether an error comes from the caller: their abort, or their content. */
  #isCallers(error: Error): boolean {
    const { content } = this.#uploadContext
    return this.#controller.abortedByCaller || (content !== null && content.failure === error)
  }

  /** Waits for the decision over a final response. */
  #hold(attempt: Attempt, deciding: Promise<AnswerDecision>, deliver: () => void): void {
    const held = new PendingResponse(deliver)
    const { target } = this.#controller
    this.#held = held
    // The connection may end before the decision is there, and an abort would reach nobody.
    this.#controller.target = null
    deciding
      .then((decided) => {
        if (this.#held !== held || this.#over) return
        this.#held = null
        if (decided !== null) {
          this.#follow(attempt, decided)
          return
        }
        this.#controller.target = target
        this.#handOver(attempt, held)
        if (!this.#controller.paused) attempt.resume()
      })
      .catch((error: unknown) => this.#fail(error as Error))
  }

  #handOver(attempt: Attempt, held: PendingResponse): void {
    for (const step of held.steps((chunk) => this.data(attempt, chunk))) {
      step()
      // A connection that is gone tells nobody of an abort.
      const { abortedByCaller, reason } = this.#controller
      if (abortedByCaller && reason !== null) this.#fail(reason)
      if (this.#over) return
    }
  }

  /** Does what was decided about a response that has ended now; answers whether that was anything. */
  #followLater(): boolean {
    const decided = this.#decided
    const attempt = this.#current
    if (decided === null || attempt === null) return false
    this.#decided = null
    this.#controller.target = null
    // Only then is a connection free whose response has ended.
    setImmediate(() => {
      if (this.isCurrent(attempt)) this.#follow(attempt, decided)
    })
    return true
  }

  #follow(attempt: Attempt, decided: NextAttempt | Error): void {
    if (decided instanceof Error) this.#fail(decided)
    else this.#next(attempt, decided)
  }

  /** Gives one attempt up and begins another, on a connection that is in step. */
  #next(attempt: Attempt, { httpRequest, reason, delayMs }: NextAttempt): void {
    if (reason === 'replay') {
      this.#request.disableExpect()
      attempt.publish('replay', { status: 417 })
    }
    this.#timeouts.answered()
    this.#current = null
    this.#controller.target = null
    attempt.giveUp()
    this.#request.move(httpRequest)
    if (this.#over) return
    const { content, log } = this.#uploadContext
    const isOwn = httpRequest.part === undefined
    if (!httpRequest.hasContent && isOwn) content?.cancel()
    if (reason === 'redirect' && isOwn) log.location = httpRequest.origin + httpRequest.path
    if (delayMs === 0) this.#begin(reason, 0)
    else this.#delay(reason, delayMs)
  }

  #delay(reason: AttemptReason, delayMs: number): void {
    const wait = new Wait(this)
    this.#delayed = { reason, delayMs, wait }
    wait.start(delayMs)
  }

  /** The time between two attempts is over. */
  waited(): void {
    const { reason, delayMs } = this.#delayed ?? { reason: null, delayMs: 0 }
    if (reason !== null) this.inContext(() => this.#begin(reason, delayMs))
  }

  sourceFailed(error: unknown): void {
    if (this.#over) return
    const attempt = this.#current
    const failure = toError(error)
    const next = this.#uploadContext.resumption?.spoiled(failure) ?? null
    if (next === null || attempt === null) this.#controller.abort(failure)
    else this.#goOn(attempt, next)
  }

  /** Does this in place of going on, once whoever tells of it is done. */
  #goOn(attempt: Attempt, next: NextAttempt): void {
    queueMicrotask(() => {
      // A final response may have come in the meantime.
      if (this.#delivered || this.#held !== null || this.#decided !== null) return
      if (this.isCurrent(attempt)) this.inContext(() => this.#next(attempt, next))
    })
  }

  /** Takes in a 104, which may end the attempt. */
  #heed(attempt: Attempt, fields: ResponseFields): void {
    const { resumption, log } = this.#uploadContext
    if (resumption === null || !attempt.isOwnContent) return
    const decided = resumption.interim(fields, this.#request.httpRequest, attempt.reached)
    if (decided instanceof Error) this.callbackFailed(decided)
    else if (decided !== null) this.#goOn(attempt, decided)
    else log.progress(attempt.log)
  }

  /** The caller ends it while there is no attempt to end. */
  aborted(reason: Error): void {
    this.#fail(reason)
  }

  /** A phase took too long. */
  expired(error: Error): void {
    // The answer is there; an origin that said 100 and reads no more does not want the rest.
    const attempt = this.#current
    if (attempt?.cutLate()) return
    const next = attempt === null ? null : this.#afterStall(attempt, error)
    if (next === null || attempt === null) this.#controller.abort(error)
    else this.#goOn(attempt, next)
  }

  /** An upload that can be resumed goes on after a connection that does not move. */
  #afterStall(attempt: Attempt, error: Error): NextAttempt | null {
    const { resumption, log } = this.#uploadContext
    const isTotal = error instanceof UploadError && error.code === 'ERR_EXPECT_TOTAL_TIMEOUT'
    if (resumption === null || isTotal) return null
    const decided = this.#afterFailure(attempt, error)
    if (decided === null || decided instanceof Error) return null
    this.#timeouts.begin(log.elapsedMs)
    return decided
  }

  #fail(error: Error): void {
    if (this.#over) return
    const { handler, log, settings } = this.#uploadContext
    const attempt = this.#current
    this.#finish(error)
    const failure = undiciTimeout(error, settings.timeouts) ?? error
    const told = failure instanceof UploadError ? failure.at(log.place()) : failure
    keepFailure(told, log)
    // A retry of somebody above looks at whether the request was aborted, which this is not.
    this.#controller.target = null
    attempt?.giveUp()
    handler.onResponseError?.(this.#controller, told)
    this.#controller.release()
    this.#abandon(error)
  }

  /** Has the origin delete what nobody can go on with. Whether it does is nobody's concern any more. */
  #abandon(error: Error): void {
    const { resumption, recovery, interceptorContext, request } = this.#uploadContext
    const httpRequest = resumption?.abandoned(error) ?? null
    if (httpRequest === null) return
    const { origin, path, method, headers } = recovery.prepared?.(httpRequest) ?? httpRequest
    const { [callKey]: _call, ...own }: ExpectDispatchOptions = request
    const options = { ...own, origin, path, method, headers, body: null }
    const nothing = (): void => {}
    try {
      interceptorContext.dispatch(options, {
        onRequestStart: nothing,
        onResponseStart: nothing,
        onResponseEnd: nothing,
        onResponseError: nothing,
      })
    } catch {
      // A client that is closed takes no more.
    }
  }

  /** The final response is handed over: content that was not begun may still be of use to the caller. */
  #release(attempt: Attempt, status: number): void {
    const { content } = this.#uploadContext
    if (content === null || !attempt.log.withheld) return
    if (content.untouched && this.#uploadContext.keepsUntouched(status)) this.#leaves = true
    else content.cancel()
  }

  #finish(reason?: Error): void {
    this.#over = true
    this.#delayed?.wait.stop()
    this.#timeouts.stop()
    if (!this.#leaves) this.#uploadContext.content?.cancel(reason)
    this.#uploadContext.interceptorContext.inFlight.end(this.#controller)
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('The source failed', { cause: error })
}
