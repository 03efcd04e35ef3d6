import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { TicketedOptions } from '../connection/connector.ts'
import { Wait, type Waiting } from '../connection/wait.ts'
import { UploadError } from '../errors.ts'
import { headersOf } from '../headers.ts'
import type { Decision } from '../protocol/decision.ts'
import type { ReleasedBy } from '../protocol/verdict.ts'
import type { AttemptReason } from '../report/report.ts'
import type { WaitLimit } from '../routes/wait-limit.ts'
import { Attempt, type AttemptOwner, type ResponseFields } from './attempt.ts'
import { addBody, type BodyListener } from './attempt-body.ts'
import { type ControllerOwner, StableController } from './controller.ts'
import { Course } from './course.ts'
import { undiciTimeout } from './deadlines.ts'
import { attemptKey, type ExpectRequest } from './expect-request.ts'
import { HeldAnswer } from './held-answer.ts'
import { type Hop, placeOf } from './hop.ts'
import { type PhaseOwner, PhaseWatch } from './phase-watch.ts'
import type { Plan } from './plan.ts'
import type { Answer, Decided, Failure, Next } from './recourse.ts'
import { startResponse } from './response-start.ts'

type Controller = Dispatcher.DispatchController

/**
 * Runs the attempts of one dispatch: the first, and those that come in place of an answer or
 * a failure. The caller's handler sees one request.
 */
export class Attempts implements AttemptOwner, BodyListener, ControllerOwner, PhaseOwner, Waiting {
  readonly #plan: Plan
  readonly #controller: StableController
  readonly #watch: PhaseWatch
  readonly #course: Course
  /** The next attempt, which is yet to come, and the time until then. */
  #delayed: {
    readonly reason: AttemptReason
    readonly delayMs: number
    readonly wait: Wait
  } | null = null
  #current: Attempt | null = null
  #held: HeldAnswer | null = null
  #started = false
  /** Whether the handler has a final response; what befalls that is no reason to try again. */
  #delivered = false
  #over = false

  constructor(plan: Plan) {
    this.#plan = plan
    this.#course = new Course(plan)
    this.#controller = new StableController(this)
    this.#watch = new PhaseWatch(plan.settings.timeouts, this)
  }

  /** Begins the first attempt; answers what undici's `dispatch` answers. */
  start(): boolean {
    const { scope, upload } = this.#plan
    scope.underWay.begin()
    // A fetch that follows a redirect dispatches once more for the same upload.
    const again = upload.log.attempts.length > 0
    this.#watch.begin(again ? upload.log.elapsedMs : 0)
    return this.#begin(again ? 'redirect' : 'first', 0)
  }

  #begin(reason: AttemptReason, delayMs: number): boolean {
    if (!this.#course.isEmpty) return this.#dispatch(reason, delayMs)
    // Over HTTP/2 undici ends a request of no length before it has looked at the content.
    this.#plan.upload.source
      .readEmpty()
      .then(() => this.#over || this.#dispatch(reason, delayMs))
      .catch((error: unknown) => this.sourceFailed(error))
    return true
  }

  #dispatch(reason: AttemptReason, delayMs: number): boolean {
    const { scope, upload, settings } = this.#plan
    const { prepared: hop, decision, isEmpty } = this.#course
    if (reason === 'first' && hop.hasContent) upload.log.reason = decision.reason
    const attempt = new Attempt(this, {
      reason,
      startedAtMs: upload.log.elapsedMs,
      delayMs,
      method: hop.method,
      url: placeOf(hop),
      number: upload.log.attempts.length + 1,
      asks: decision.asks,
      isEmpty,
      rescueTimeout: settings.rescueTimeout,
    })
    this.#current = attempt
    attempt.log.hasContent = hop.hasContent
    upload.log.attempts.push(attempt.log)
    try {
      return scope.dispatch(this.#options(attempt, hop, decision), attempt)
    } catch (error) {
      this.#fail(error as Error)
      return true
    }
  }

  #options(attempt: Attempt, hop: Hop, decision: Decision): TicketedOptions {
    const { request, settings } = this.#plan
    const { origin, path, method, headers } = hop
    const options: ExpectRequest = { ...request, origin, path, method, headers, body: null }
    options[attemptKey] = attempt.log
    const { headers: headersTimeout, body: bodyTimeout } = settings.timeouts
    // Where no gate watches the content, undici's own timer has to do.
    if (headersTimeout !== undefined) options.headersTimeout = headersTimeout
    if (bodyTimeout !== undefined) options.bodyTimeout = bodyTimeout
    if (hop.hasContent) addBody(options, attempt, decision, this.#plan, this)
    return options
  }

  // What the current attempt reports ---------------------------------------------------

  isCurrent(attempt: Attempt): boolean {
    return this.#current === attempt && !this.#over
  }

  get stillAsks(): boolean {
    return this.#course.decision.asks
  }

  get waitLimit(): WaitLimit {
    return this.#course.waitLimit
  }

  handed(attempt: Attempt): void {
    if (this.isCurrent(attempt)) this.#watch.sending(attempt)
  }

  started(controller: Controller, context: unknown): void {
    this.#controller.target = controller
    if (this.#started) return
    this.#started = true
    this.#plan.handler.onRequestStart?.(this.#controller, context)
  }

  left(attempt: Attempt): void {
    if (!attempt.asks || attempt.log.asked) return
    // Since it was decided to ask, the source turned out to be empty or the route to be silent.
    const { asks, reason } = this.#course.decision
    const { log, source } = this.#plan.upload
    if (attempt.log.reason === 'first') log.reason = asks ? 'no-content' : reason
    source.flow()
  }

  interim(attempt: Attempt, status: number): void {
    if (status !== 100) return
    const { asked, interim, sinceHeadMs } = attempt.log
    const goAheads = interim.filter((each) => each.status === 100).length
    this.#course.route.continued(asked && goAheads === 1 ? sinceHeadMs : null)
  }

  released(attempt: Attempt, by: ReleasedBy): void {
    if (by === 'timeout') this.#course.route.unanswered(attempt.measured)
    if (this.isCurrent(attempt)) this.#plan.upload.source.flow()
  }

  progressed(attempt: Attempt): void {
    if (!this.isCurrent(attempt)) return
    this.#watch.sending(attempt)
    const { log } = this.#plan.upload
    if (log.tellsProgress) this.#tell(() => log.progress(attempt.log))
  }

  sent(attempt: Attempt): void {
    if (attempt.log.status === null) this.#awaitHead(attempt)
  }

  final(attempt: Attempt): void {
    this.#awaitHead(attempt)
  }

  #awaitHead(attempt: Attempt): void {
    if (this.isCurrent(attempt) && attempt.ticket.taken) this.#watch.awaitHead(attempt)
  }

  #tell(tell: () => void): void {
    try {
      tell()
    } catch (error) {
      // The gate is in the middle of a read or a write, and must get to the end of it.
      queueMicrotask(() => this.#controller.abort(error as Error))
    }
  }

  bodySent(chunk: Buffer): void {
    this.#plan.handler.onBodySent?.(chunk)
  }

  requestSent(): void {
    this.#plan.handler.onRequestSent?.()
  }

  responding(): void {
    this.#plan.handler.onResponseStarted?.()
  }

  responded(attempt: Attempt, status: number, fields: ResponseFields, message?: string): void {
    const { handler, upload } = this.#plan
    // Over HTTP/2, undici hands a 100 on, which concerns the upload alone.
    if (status === 100) return
    if (status < 200) {
      this.#tell(() => upload.log.interim({ status, headers: headersOf(fields) }))
      startResponse(handler, this.#controller, status, fields, message)
      return
    }
    this.#watch.answered()
    if (this.#course.hop.hasContent) this.#course.route.answered(status, attempt.log.asked)
    const deliver = (): void => {
      if (attempt.log.withheld) upload.onOver()
      const shown = upload.shown(status, message ?? '', fields)
      if (shown instanceof UploadError) {
        this.#fail(shown)
        return
      }
      this.#delivered = true
      handler.onResponseStart?.(this.#controller, shown, fields, message)
    }
    const decided = this.#afterAnswer(attempt, status, fields)
    if (decided === null) deliver()
    else if (decided instanceof Promise) this.#hold(attempt, decided, deliver)
    else this.#follow(attempt, decided)
  }

  data(chunk: Buffer): void {
    this.#plan.handler.onResponseData?.(this.#controller, chunk)
  }

  ended(trailers: ResponseFields): void {
    if (this.#held !== null) {
      this.#held.ended(() => this.ended(trailers))
      return
    }
    const { handler } = this.#plan
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
    this.#plan.handler.onRequestUpgrade?.(this.#controller, status, fields, socket)
  }

  failed(attempt: Attempt, error: Error): void {
    if (this.#held !== null) {
      this.#held.broke(error)
      return
    }
    const next = this.#afterFailure(attempt, error)
    if (next === null) {
      this.#fail(error)
      return
    }
    // undici fails all that waits for a connection in one go, and asserts that nothing was added.
    queueMicrotask(() => {
      if (!this.#over && this.isCurrent(attempt)) this.#next(attempt, next)
    })
  }

  // Between attempts -------------------------------------------------------------------

  #afterAnswer(
    { log, complete }: Attempt,
    status: number,
    fields: ResponseFields,
  ): Decided | Promise<Decided> {
    const { upload, authenticates } = this.#plan
    if (status < 300 && !authenticates) return null
    const { hop } = this.#course
    const answer: Answer = {
      status,
      fields,
      hop,
      attempt: log.snapshot(),
      number: upload.log.attempts.length,
      sendable: !hop.hasContent || upload.source.replayable,
      complete,
    }
    return this.#plan.recourse.answered?.(answer) ?? null
  }

  #afterFailure(attempt: Attempt, error: Error): Next | null {
    const { source } = this.#plan.upload
    if (this.#delivered || this.#controller.aborted || source.failure === error) return null
    const failure: Failure = {
      error,
      hop: this.#course.hop,
      attempt: attempt.log.snapshot(),
      sendable: source.replayable,
      untouched: attempt.untouchedBy(error),
    }
    return this.#plan.recourse.failed?.(failure) ?? null
  }

  /** Waits for the decision over a final response. */
  #hold(attempt: Attempt, deciding: Promise<Decided>, deliver: () => void): void {
    const held = new HeldAnswer(deliver)
    const { target } = this.#controller
    this.#held = held
    attempt.hold()
    // The connection may end before the decision is there, and an abort would reach nobody.
    this.#controller.target = null
    deciding
      .then((decided) => {
        if (this.#held !== held || this.#over) return
        this.#held = null
        if (decided !== null) this.#follow(attempt, decided)
        else if (held.error !== null) this.#fail(held.error)
        else {
          this.#controller.target = target
          held.handOver()
          if (!this.#controller.paused) attempt.resume()
        }
      })
      .catch((error: unknown) => this.#fail(error as Error))
  }

  #follow(attempt: Attempt, decided: Next | UploadError): void {
    if (decided instanceof UploadError) this.#fail(decided)
    else this.#next(attempt, decided)
  }

  /** Gives one attempt up and begins another, on a connection that is in step. */
  #next(attempt: Attempt, { hop, reason, delayMs }: Next): void {
    if (reason === 'replay') {
      this.#course.unask()
      attempt.publish('replay', { status: 417 })
    }
    this.#watch.answered()
    this.#current = null
    this.#controller.target = null
    attempt.giveUp()
    this.#course.move(hop)
    if (this.#over) return
    if (!hop.hasContent) this.#plan.upload.onOver()
    if (reason === 'redirect') this.#plan.upload.log.location = hop.origin + hop.path
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
    if (this.#delayed !== null) this.#begin(this.#delayed.reason, this.#delayed.delayMs)
  }

  sourceFailed(error: unknown): void {
    const reason = error instanceof Error ? error : new Error('The source failed', { cause: error })
    if (!this.#over) this.#controller.abort(reason)
  }

  /** The caller ends it while there is no attempt to end. */
  aborted(reason: Error): void {
    this.#fail(reason)
  }

  /** A phase took too long. */
  expired(error: Error): void {
    this.#controller.abort(error)
  }

  #fail(error: Error): void {
    if (this.#over) return
    const { handler, upload, settings } = this.#plan
    const attempt = this.#current
    this.#finish()
    const failure = undiciTimeout(error, settings.timeouts) ?? error
    const told = failure instanceof UploadError ? failure.at(upload.log.place()) : failure
    attempt?.giveUp()
    handler.onResponseError?.(this.#controller, told)
    this.#controller.release()
  }

  #finish(): void {
    this.#over = true
    this.#delayed?.wait.stop()
    this.#watch.stop()
    this.#plan.upload.onOver()
    this.#plan.scope.underWay.end()
  }
}
