import { type Dispatcher, errors } from 'undici/index.js'
import type { UploadRun } from './upload-run.ts'

type Controller = Dispatcher.DispatchController

/**
 * The controller that the caller keeps during all attempts. Each attempt has its own controller. A
 * pause or an abort of this one is applied to that of the current attempt.
 */
export class UploadController implements Controller {
  #run: Pick<UploadRun, 'fail'> | null
  #target: Controller | null = null
  #paused = false
  #reason: Error | null = null

  constructor(run: Pick<UploadRun, 'fail'>) {
    this.#run = run
  }

  /** The controller of the current attempt; `null` between attempts. */
  get target(): Controller | null {
    return this.#target
  }

  set target(target: Controller | null) {
    this.#target = target
    if (this.#paused) target?.pause()
    if (this.#reason !== null) target?.abort(this.#reason)
  }

  /** Drops references at the end of the request, for a caller that keeps the controller. */
  dropReferences(): void {
    this.#target = null
    this.#run = null
  }

  get aborted(): boolean {
    return this.#reason !== null || (this.#target?.aborted ?? false)
  }

  get reason(): Error | null {
    return this.#reason ?? this.#target?.reason ?? null
  }

  /** Whether the caller aborted, and not an interceptor or client below. */
  get abortedByCaller(): boolean {
    return this.#reason !== null
  }

  get paused(): boolean {
    return this.#paused
  }

  get rawHeaders(): Exclude<Controller['rawHeaders'], undefined> {
    return this.#target?.rawHeaders ?? null
  }

  get rawTrailers(): Exclude<Controller['rawTrailers'], undefined> {
    return this.#target?.rawTrailers ?? null
  }

  pause(): void {
    this.#paused = true
    this.#target?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#target?.resume()
  }

  abort(reason?: Error): void {
    if (this.#reason !== null) return
    this.#reason = reason ?? new errors.RequestAbortedError()
    if (this.#target === null) this.#run?.fail(this.#reason)
    else this.#target.abort(this.#reason)
  }
}
