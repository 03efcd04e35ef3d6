/** What clients pass to abort a request: the platform's AbortSignal, or something like it. */
export interface SignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** What ends one request early: a client's signal, or a timer. The first one counts. */
export class Cancellation {
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #unlisten: () => void = () => {}

  /** For undici; its reason is what the request then fails with. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Ends the request when the client's signal says so. */
  follow(signal: SignalLike | undefined, makeError: () => Error): void {
    if (signal === undefined) return
    const listener = (): void => this.#controller.abort(makeError())
    if (signal.aborted) {
      listener()
      return
    }
    signal.addEventListener('abort', listener)
    this.#unlisten = () => signal.removeEventListener('abort', listener)
  }

  /** Ends the request after so many milliseconds; 0 means never. */
  after(milliseconds: number, makeError: () => Error): void {
    if (!(milliseconds > 0)) return
    this.#timer = setTimeout(() => this.#controller.abort(makeError()), milliseconds)
  }

  /** The response came in time. */
  stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** The request is over, and nothing can end it any more. */
  done(): void {
    this.stopTimer()
    this.#unlisten()
    this.#unlisten = () => {}
  }
}

/** What clients look for to tell an abort from a failure. */
export function abortError(message: string): Error {
  const error = new Error(message)
  error.name = 'AbortError'
  return error
}
