/** What clients pass to abort a request: the platform's AbortSignal, or something like it. */
export interface SignalLike {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener?: ((...listener: never[]) => void) | undefined
  removeEventListener?: ((...listener: never[]) => void) | undefined
  onabort?: unknown
}

interface Target {
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener?(type: 'abort', listener: () => void): void
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

  /** Ends the request with this error. */
  cancel(error: Error): void {
    this.#controller.abort(error)
  }

  /** Ends the request when the client's signal says so. */
  follow(signal: SignalLike | null | undefined, makeError: () => Error): void {
    if (signal === null || signal === undefined) return
    const listener = (): void => this.cancel(makeError())
    if (signal.aborted) {
      listener()
      return
    }
    if (signal.addEventListener === undefined) {
      // The signals of older AWS clients have room for one listener.
      signal.onabort = listener
      return
    }
    // Their types differ from client to client; that they take an abort listener is known.
    const target = signal as unknown as Target
    target.addEventListener('abort', listener)
    this.#unlisten = () => target.removeEventListener?.('abort', listener)
  }

  /**
   * Ends the request after so many milliseconds; 0 and `undefined` mean never.
   *
   * @param makeError may answer `null`, which lets the request go on.
   */
  after(milliseconds: number | undefined, makeError: () => Error | null): void {
    if (milliseconds === undefined || milliseconds <= 0) return
    this.#timer = setTimeout(() => {
      const error = makeError()
      if (error !== null) this.cancel(error)
    }, milliseconds)
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
export function abortError(message: string, cause?: unknown): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause })
  error.name = 'AbortError'
  return error
}
