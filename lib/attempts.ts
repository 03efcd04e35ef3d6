import type { Duplex } from 'node:stream'
import { type Dispatcher, errors } from 'undici'
import { Attempt, type AttemptOwner, type ResponseFields } from './attempt.ts'
import type { TicketedOptions } from './connector.ts'
import { StableController } from './controller.ts'
import { UploadError } from './errors.ts'
import type { Settings } from './options.ts'
import type { UploadLog } from './report.ts'
import type { Source } from './source.ts'
import { revoke, ticketKey } from './ticket.ts'
import type { UnderWay } from './under-way.ts'
import type { ReleasedBy } from './verdict.ts'

type Controller = Dispatcher.DispatchController
type Handler = Dispatcher.DispatchHandler

/** The content of an upload and what is written down about it; several dispatches may share one. */
export interface Upload {
  readonly source: Source
  readonly log: UploadLog
  /** Called when a dispatch needs the content no longer. */
  onOver(): void
}

/** All that the attempts of one dispatch need. */
export interface Plan {
  readonly dispatch: Dispatcher.Dispatch
  /** The request, with its headers as a flat list and without an `Expect` among them. */
  readonly request: Dispatcher.DispatchOptions & { readonly headers: string[]; allowH2?: boolean }
  /** Origin and path, for reports and messages. */
  readonly url: string
  readonly handler: Handler
  readonly upload: Upload
  readonly underWay: UnderWay
  readonly settings: Settings
  /** What the memory is keyed by. */
  readonly route: string
  readonly asks: boolean
  /** All of the content, where undici is to send it in one go. */
  readonly whole: string | Buffer | undefined
}

/**
 * Runs the attempts of one dispatch: the first, the replay after a 417, a fresh one when a
 * connection died before it answered and before content was sent. The caller's handler
 * sees one request.
 */
export class Attempts implements AttemptOwner {
  readonly #plan: Plan
  readonly #controller: StableController
  #current: Attempt | null = null
  #started = false
  #over = false
  #renewed = false

  constructor(plan: Plan) {
    this.#plan = plan
    this.#controller = new StableController((reason) => this.#fail(reason))
  }

  /** Begins the first attempt; answers what undici's `dispatch` answers. */
  start(): boolean {
    this.#plan.underWay.begin()
    return this.#begin(this.#plan.asks)
  }

  #begin(asks: boolean): boolean {
    const { dispatch, request, upload, settings, url, whole } = this.#plan
    const { continueTimeout, rescueTimeout } = settings
    const number = upload.log.attempts.length + 1
    const { method } = request
    const attempt = new Attempt(this, { method, url, number, asks, continueTimeout, rescueTimeout })
    this.#current = attempt
    upload.log.attempts.push(attempt.log)
    try {
      const options: TicketedOptions =
        whole === undefined
          ? { ...request, body: this.#body(attempt), [ticketKey]: attempt.ticket }
          : { ...request, body: whole }
      // Over TLS the protocol is chosen with the connection; only HTTP/1.1 ones have gates.
      if (asks && url.startsWith('https:')) Object.assign(options, { allowH2: false })
      return dispatch(options, attempt)
    } catch (error) {
      this.#fail(error as Error)
      return true
    }
  }

  /** undici takes any async iterable; the declared type names only some of them. */
  #body(attempt: Attempt): Buffer {
    const view = this.#plan.upload.source.view({
      held: attempt.asks,
      onFirst: () => attempt.mustHaveGate(),
      onFailed: (error) => this.#sourceFailed(error),
      accepted: (bytes) => attempt.accepted(bytes),
    })
    return view as unknown as Buffer
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
    // The source turned out to be empty, which only its first chunk could tell.
    if (attempt.asks && !attempt.log.asked) this.#plan.upload.log.reason = 'no-content'
  }

  interim(_attempt: Attempt, status: number): void {
    const { settings, route } = this.#plan
    if (status === 100 && settings.memory) settings.memory.forget(route)
  }

  released(attempt: Attempt, by: ReleasedBy): void {
    const { settings, route, upload } = this.#plan
    if (by === 'timeout' && settings.memory) settings.memory.remember(route, 'silent')
    if (this.isCurrent(attempt)) upload.source.flow()
  }

  progressed(attempt: Attempt): void {
    if (!this.isCurrent(attempt)) return
    try {
      this.#plan.upload.log.progress(attempt.log)
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
    const { handler, upload, settings, route } = this.#plan
    if (status === 417 && attempt.log.asked) {
      if (settings.memory) settings.memory.remember(route, '417')
      if (upload.source.replayable) {
        this.#replay(attempt)
        return
      }
    }
    if (status >= 200 && attempt.log.withheld) upload.onOver()
    handler.onResponseStart?.(this.#controller, status, fields, message)
  }

  data(chunk: Buffer): void {
    this.#plan.handler.onResponseData?.(this.#controller, chunk)
  }

  ended(trailers: ResponseFields): void {
    const { handler } = this.#plan
    this.#finish()
    try {
      handler.onResponseEnd?.(this.#controller, trailers)
    } catch (error) {
      // undici's retry handler throws here what it wants to be told of as a failure.
      handler.onResponseError?.(this.#controller, error as Error)
    }
  }

  upgraded(status: number, fields: ResponseFields, socket: Duplex): void {
    this.#finish()
    this.#plan.handler.onRequestUpgrade?.(this.#controller, status, fields, socket)
  }

  failed(attempt: Attempt, error: Error): void {
    if (this.#canRenew(attempt, error)) {
      this.#renewed = true
      this.#next(attempt, attempt.asks)
      return
    }
    this.#fail(error)
  }

  // Between attempts -------------------------------------------------------------------

  #replay(attempt: Attempt): void {
    this.#plan.upload.log.replayed = true
    attempt.publish('replay', { status: 417 })
    this.#next(attempt, false)
  }

  /** Gives one attempt up and begins another, on a connection that is in step. */
  #next(attempt: Attempt, asks: boolean): void {
    this.#current = null
    this.#controller.target = null
    revoke(attempt.ticket)
    attempt.giveUp()
    if (!this.#over) this.#begin(asks)
  }

  /**
   * A kept connection may turn out to be dead when its next request is written. As long as
   * nothing but the head can have left and no byte came back, any method may go again
   * (RFC 9110, section 9.2.2: the content that would have been applied was never sent).
   */
  #canRenew(attempt: Attempt, error: Error): boolean {
    return (
      attempt.asks &&
      !this.#renewed &&
      !attempt.answered &&
      attempt.log.releasedBy === null &&
      !this.#controller.aborted &&
      this.#plan.upload.source.failure !== error &&
      isPeerGone(error)
    )
  }

  #sourceFailed(error: unknown): void {
    const reason = error instanceof Error ? error : new Error('The source failed', { cause: error })
    if (!this.#over) this.#controller.abort(reason)
  }

  #fail(error: Error): void {
    if (this.#over) return
    const { handler, upload } = this.#plan
    const attempt = this.#current
    this.#finish()
    if (error instanceof UploadError) error.at(upload.log.place())
    attempt?.giveUp()
    handler.onResponseError?.(this.#controller, error)
  }

  #finish(): void {
    this.#over = true
    if (this.#current !== null) revoke(this.#current.ticket)
    this.#plan.upload.onOver()
    this.#plan.underWay.end()
  }
}

function isPeerGone(error: NodeJS.ErrnoException): boolean {
  const codes = ['ECONNRESET', 'EPIPE', 'ECONNABORTED']
  return error instanceof errors.SocketError || codes.includes(error.code ?? '')
}
