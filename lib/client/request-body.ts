import type { Dispatcher } from 'undici'
import type { Content } from '../content/content.ts'
import { iteratorReading, type Reading } from '../content/reading.ts'
import { fieldValue } from '../headers.ts'
import { type ControllerOwner, StableController } from '../upload/controller.ts'

/**
 * The body of a Request, taken from the fetch that was to send it.
 *
 * A fetch gives a Request up at a redirect when a stream is behind its body, even if nothing
 * was read from that stream (Fetch standard, HTTP-redirect fetch). So such a fetch is held at
 * its first dispatch, and what it would have sent is content like any other.
 */
export class RequestBody implements ControllerOwner {
  /** Ends the fetch that the body is taken from, and its stream. */
  readonly signal: AbortSignal
  /** Resolves with the content, once a dispatch came to it. */
  readonly content: Promise<Content>
  readonly #end = new AbortController()
  #found: (content: Content) => void = () => {}
  #broken: Error | null = null

  /** @param signal ends the call. */
  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#end.signal])
    this.content = new Promise((found) => {
      this.#found = found
    })
  }

  /** Whether a dispatch has a body that only a stream is behind: one of unknown length. */
  wants({ body, headers }: Dispatcher.DispatchOptions): boolean {
    return body !== null && body !== undefined && !fieldValue(headers, 'content-length')
  }

  /** Takes the body of a dispatch, whose handler gets no response. */
  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    handler.onRequestStart?.(new StableController(this), null)
    const length = fieldValue(request.headers, 'content-length')
    this.#found({
      length: length === undefined ? null : Number(length),
      type: null,
      replayable: false,
      exact: false,
      open: () => this.#open(request.body as unknown as AsyncIterable<unknown>),
    })
    return true
  }

  /** A fetch whose stream breaks aborts its dispatch, and ends the body as if it were whole. */
  aborted(reason: Error): void {
    this.#broken = reason
  }

  #open(body: AsyncIterable<unknown>): Reading {
    const reading = iteratorReading(body)
    return {
      next: async () => {
        const step = await reading.next()
        if (step.done && this.#broken !== null) throw this.#broken
        return step
      },
      cancel: (reason) => {
        // The first lets go of a stream that is being read, the second of one that never was.
        reading.cancel()
        this.#end.abort(reason)
      },
    }
  }
}
