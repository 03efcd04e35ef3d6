import type { AzureRequest, SignalLike } from './azure-request.ts'

/** Ends one request early, by the client's signal or by a timer, whichever is first. */
export class Cancellation {
  readonly #controller = new AbortController()
  readonly #abortSignal: SignalLike | undefined
  readonly #timer: NodeJS.Timeout | undefined

  constructor({ abortSignal, timeout }: AzureRequest) {
    this.#abortSignal = abortSignal
    if (abortSignal?.aborted) this.#onAbort()
    else abortSignal?.addEventListener('abort', this.#onAbort)
    if (timeout > 0) {
      const message = `The operation took longer than ${timeout} ms.`
      this.#timer = setTimeout(() => this.#cancel(message), timeout)
    }
  }

  /** For undici; the request then fails with its reason. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  stopTimer(): void {
    clearTimeout(this.#timer)
  }

  /** Removes the listener and the timer. */
  done(): void {
    this.stopTimer()
    this.#abortSignal?.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => this.#cancel('The operation was aborted.')

  #cancel(message: string): void {
    // By the name, clients tell an abort from a failure.
    this.#controller.abort(Object.assign(new Error(message), { name: 'AbortError' }))
  }
}
