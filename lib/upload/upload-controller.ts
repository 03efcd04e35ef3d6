import { type Dispatcher, errors } from '#undici'

type Controller = Dispatcher.DispatchController

/** Who runs the attempts. */
export interface ControllerOwner {
  /** Told of an abort that no current attempt can be told of. */
  aborted(reason: Error): void
}

/**
 * The controller a caller keeps while attempts come and go. Each attempt has a controller
 * of its own; what the caller did to this one holds for whichever is current.
 */
export class UploadController implements Controller {
  #owner: ControllerOwner | null
  #target: Controller | null = null
  #paused = false
  #reason: Error | null = null

  constructor(owner: ControllerOwner) {
    this.#owner = owner
  }

  /** The controller of the attempt that is current; `null` between attempts. */
  get target(): Controller | null {
    return this.#target
  }

  set target(target: Controller | null) {
    this.#target = target
    if (this.#paused) target?.pause()
    if (this.#reason !== null) target?.abort(this.#reason)
  }

  /** The request is over. A caller who keeps this keeps nothing of the request. */
  release(): void {
    this.#target = null
    this.#owner = null
  }

  get aborted(): boolean {
    return this.#reason !== null || (this.#target?.aborted ?? false)
  }

  get reason(): Error | null {
    return this.#reason ?? this.#target?.reason ?? null
  }

  /** Whether the caller ended it, and not something beneath. */
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
    if (this.#target === null) this.#owner?.aborted(this.#reason)
    else this.#target.abort(this.#reason)
  }
}
