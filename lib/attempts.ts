import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Attempt, type AttemptOwner, type ResponseFields } from './attempt.ts'
import { type AttemptBody, bodyOf } from './attempt-body.ts'
import type { TicketedOptions } from './connector.ts'
import { StableController } from './controller.ts'
import { undiciTimeout } from './deadlines.ts'
import type { Decision } from './decision.ts'
import { UploadError } from './errors.ts'
import { headersOf } from './headers.ts'
import { HeldAnswer } from './held-answer.ts'
import { type Hop, placeOf } from './hop.ts'
import { PhaseWatch } from './phase-watch.ts'
import type { Plan } from './plan.ts'
import type { Answer, Decided, Failure, Next } from './recourse.ts'
import type { AttemptReason } from './report.ts'
import { startResponse } from './response-start.ts'
import type { Route } from './route.ts'
import type { ReleasedBy } from './verdict.ts'
import { Wait } from './wait.ts'
import { waitLimit } from './wait-limit.ts'

type Controller = Dispatcher.DispatchController

/**
 * Runs the attempts of one dispatch: the first, and those that come in place of an answer or
 * a failure. The caller's handler sees one request.
 */
export class Attempts implements AttemptOwner {
  readonly #plan: Plan
  readonly #controller: StableController
  /** The time between two attempts. */
  readonly #delay = new Wait()
  readonly #watch: PhaseWatch
  /** Where an expectation failed, and is not tried again. */
  readonly #unasking = new Set<string>()
  #hop: Hop
  #route: Route
  #current: Attempt | null = null
  #held: HeldAnswer | null = null
  #started = false
  /** Whether the handler has a final response; what befalls that is no reason to try again. */
  #delivered = false
  #over = false

  constructor(plan: Plan) {
    this.#plan = plan
    this.#hop = plan.hop
    this.#route = plan.routeOf(plan.hop)
    this.#controller = new StableController((reason) => this.#fail(reason))
    this.#watch = new PhaseWatch(plan.settings.timeouts, (error) => this.#controller.abort(error))
  }

  /** Begins the first attempt; answers what undici's `dispatch` answers. */
  start(): boolean {
    const { underWay, upload } = this.#plan
    underWay.begin()
    // A fetch that follows a redirect dispatches once more for the same upload.
    const again = upload.log.attempts.length > 0
    this.#watch.begin(again ? upload.log.elapsedMs : 0)
    return this.#begin(again ? 'redirect' : 'first', 0)
  }

  #begin(reason: AttemptReason, delayMs: number): boolean {
    if (!this.#isEmpty) return this.#dispatch(reason, delayMs)
    // Over HTTP/2 undici ends a request of no length before it has looked at the content.
    this.#plan.upload.source
      .readEmpty()
      .then(() => this.#over || this.#dispatch(reason, delayMs))
      .catch((error: unknown) => this.#sourceFailed(error))
    return true
  }

  /** Whether there is content to read that is to have no byte. */
  get #isEmpty(): boolean {
    const { whole, upload } = this.#plan
    return this.#hop.hasContent && whole === undefined && upload.source.length === 0
  }

  #dispatch(reason: AttemptReason, delayMs: number): boolean {
    const { dispatch, request, upload, settings } = this.#plan
    const { rescueTimeout } = settings
    const hop = this.#plan.recourse.prepared?.(this.#hop) ?? this.#hop
    const { origin, path, method, headers } = hop
    const decision = this.#decide()
    const { asks } = decision
    if (reason === 'first' && hop.hasContent) upload.log.reason = decision.reason
    const attempt = new Attempt(this, {
      reason,
      startedAtMs: upload.log.elapsedMs,
      delayMs,
      method,
      url: placeOf(this.#hop),
      number: upload.log.attempts.length + 1,
      asks,
      isEmpty: this.#isEmpty,
      stillAsks: () => this.#decide().asks,
      waitLimit: () => waitLimit(settings.continueTimeout, this.#route.times),
      rescueTimeout,
    })
    this.#current = attempt
    attempt.log.hasContent = hop.hasContent
    upload.log.attempts.push(attempt.log)
    try {
      const own = { ...request, origin, path, method, headers }
      const { headers: headersTimeout, body: bodyTimeout } = settings.timeouts
      // Where no gate watches the content, undici's own timer has to do.
      if (headersTimeout !== undefined) Object.assign(own, { headersTimeout })
      if (bodyTimeout !== undefined) Object.assign(own, { bodyTimeout })
      const options: TicketedOptions = { ...own, ...this.#body(attempt, decision) }
      return dispatch(options, attempt)
    } catch (error) {
      this.#fail(error as Error)
      return true
    }
  }

  #decide(): Decision {
    if (!this.#hop.hasContent) return { asks: false, reason: 'no-content' }
    const unasking = this.#unasking.has(this.#hop.origin)
    return unasking ? { asks: false, reason: 'remembered-417' } : this.#plan.decide(this.#hop)
  }

  #body(attempt: Attempt, decision: Decision): AttemptBody {
    if (!this.#hop.hasContent) return { body: null }
    return bodyOf(attempt, decision, this.#plan, {
      handed: () => this.isCurrent(attempt) && this.#watch.sending(attempt),
      failed: (error) => this.#sourceFailed(error),
    })
  }

  // What the current attempt reports ---------------------------------------------------

  isCurrent(attempt: Attempt): boolean {
    return this.#current === attempt && !this.#over
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
    const { asks, reason } = this.#decide()
    const { log, source } = this.#plan.upload
    if (attempt.log.reason === 'first') log.reason = asks ? 'no-content' : reason
    source.flow()
  }

  interim(attempt: Attempt, status: number): void {
    if (status !== 100) return
    const { asked, interim, sinceHeadMs } = attempt.log
    const goAheads = interim.filter((each) => each.status === 100).length
    this.#route.continued(asked && goAheads === 1 ? sinceHeadMs : null)
  }

  released(attempt: Attempt, by: ReleasedBy): void {
    if (by === 'timeout') this.#route.unanswered(attempt.measured)
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
    if (this.#hop.hasContent) this.#route.answered(status, attempt.log.asked)
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
    const { upload } = this.#plan
    const hop = this.#hop
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
      hop: this.#hop,
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
      this.#unasking.add(hop.origin)
      attempt.publish('replay', { status: 417 })
    }
    this.#watch.answered()
    this.#current = null
    this.#controller.target = null
    attempt.giveUp()
    this.#hop = hop
    this.#route = this.#plan.routeOf(hop)
    if (this.#over) return
    if (!hop.hasContent) this.#plan.upload.onOver()
    if (reason === 'redirect') this.#plan.upload.log.location = hop.origin + hop.path
    if (delayMs === 0) this.#begin(reason, 0)
    else this.#delay.start(delayMs, () => this.#begin(reason, delayMs))
  }

  #sourceFailed(error: unknown): void {
    const reason = error instanceof Error ? error : new Error('The source failed', { cause: error })
    if (!this.#over) this.#controller.abort(reason)
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
    this.#delay.stop()
    this.#watch.stop()
    this.#plan.upload.onOver()
    this.#plan.underWay.end()
  }
}
