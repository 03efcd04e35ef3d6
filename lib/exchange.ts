import type { RequestContent } from './head.ts'
import type { Ticket } from './ticket.ts'
import { asking, type Event, next, type State, unasked } from './verdict.ts'
import { Wait } from './wait.ts'

/** Nothing is held back and nothing is cut: the request has no ticket, or all of it was sent. */
const free: State = { at: 'sent' }

/** One request on a connection, and where its expectation stands. */
export class Exchange {
  readonly #ticket: Ticket | null
  readonly #wait = new Wait()
  readonly #onReady: () => void
  readonly #tunnel: boolean
  #state: State
  #answered = false

  /** @param onReady is called when the wait for a go-ahead has ended without one. */
  constructor(content: RequestContent, ticket: Ticket | null, onReady: () => void) {
    this.#ticket = ticket
    this.#onReady = onReady
    this.#tunnel = content === 'tunnel'
    this.#state = stateAtFirst(content, ticket)
  }

  /** Whether the request carries the expectation. */
  get asks(): boolean {
    return this.#state.at === 'asking'
  }

  /** Whether no HTTP follows its response, as after CONNECT. */
  get tunnel(): boolean {
    return this.#tunnel
  }

  /** Whether all of the request was handed to the connection. */
  get sentAll(): boolean {
    return this.#state.at === 'sent'
  }

  /** Whether nothing more may be written. */
  get shut(): boolean {
    return this.#state.at === 'withheld' || this.#state.at === 'cut'
  }

  /** Whether the content waits for nothing any more but to be let go. */
  get ready(): boolean {
    return this.#state.at === 'ready'
  }

  /** Milliseconds to look for a response after a failed write, where the ticket says so. */
  get rescueTimeout(): number | undefined {
    return this.#ticket?.rescueTimeout
  }

  /** The head is handed to the connection. */
  begin(reusedConnection: boolean): void {
    this.#ticket?.observer.onHead(this.asks, reusedConnection)
  }

  /** The head has left; the wait begins. */
  headLeft(): void {
    this.#apply({ type: 'left' })
  }

  /** Lets the content go. */
  flow(): void {
    const state = this.#state
    if (state.at === 'ready') this.#ticket?.observer.onRelease(state.by)
    this.#apply({ type: 'flow' })
  }

  /** All of the request has been handed to the connection. */
  sent(): void {
    this.#apply({ type: 'sent' })
  }

  /** The connection accepted bytes of content. */
  accepted(bytes: number): void {
    if (bytes > 0) this.#ticket?.observer.onContent(bytes)
  }

  /** A write failed, and a response is looked for. */
  rescue(error: Error): void {
    this.#ticket?.observer.onRescue(error)
  }

  /** Bytes of a response came. */
  answered(): void {
    if (this.#answered) return
    this.#answered = true
    this.#ticket?.observer.onFirstByte()
  }

  /** An interim response came. */
  interim(status: number): void {
    this.#apply({ type: 'interim', status })
    this.#ticket?.observer.onInterim(status)
  }

  /** The final response came. */
  final(status: number): void {
    this.#apply({ type: 'final', status })
    this.#ticket?.observer.onFinal(status, this.#state.at === 'withheld')
  }

  /** Lets go of the timer. */
  close(): void {
    this.#wait.stop()
  }

  #apply(event: Event): void {
    const before = this.#state
    this.#state = next(before, event)
    if (this.#state === before) return
    if (before.at === 'waiting') this.#wait.stop()
    if (this.#state.at === 'waiting') {
      this.#wait.start(this.#ticket?.continueTimeout ?? 0, this.#onTimeout)
    }
  }

  readonly #onTimeout = (): void => {
    this.#apply({ type: 'timeout' })
    this.#onReady()
  }
}

function stateAtFirst(content: RequestContent, ticket: Ticket | null): State {
  if (ticket === null) return free
  // RFC 9110, section 10.1.1: no expectation in a request that has no content.
  return ticket.asks && content !== 0 && content !== 'tunnel' ? asking : unasked
}
