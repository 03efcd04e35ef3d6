/** A client's signal: the platform's AbortSignal, or something like it. */
export interface SignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Ends one request early, by a client's signal or by a timer, whichever is first. */
export class Cancellation {
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #unlisten: () => void = () => {}

  /** For undici; the request then fails with its reason. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Ends the request when the client's signal is aborted. */
  follow(signal: SignalLike | undefined, makeError: () => Error): void {
    const listener = (): void => this.#controller.abort(makeError())
    if (signal?.aborted) listener()
    else signal?.addEventListener('abort', listener)
    this.#unlisten = () => signal?.removeEventListener('abort', listener)
  }

  /** Ends the request after so many milliseconds; 0 means never. */
  after(milliseconds: number, makeError: () => Error): void {
    if (milliseconds > 0)
      this.#timer = setTimeout(() => this.#controller.abort(makeError()), milliseconds)
  }

  /** Stops the timer: the response came in time. */
  stopTimer(): void {
    clearTimeout(this.#timer)
  }

  /** The request is over: removes the listener and the timer. */
  done(): void {
    this.stopTimer()
    this.#unlisten()
  }
}

/** An error by whose name clients tell an abort from a failure. */
export function abortError(message: string): Error {
  return Object.assign(new Error(message), { name: 'AbortError' })
}
