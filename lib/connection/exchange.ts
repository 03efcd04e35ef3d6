import type { RequestContent } from '../protocol/head.ts'
import { asking, type Event, next, type State, unasked } from '../protocol/verdict.ts'
import type { Pass } from './ticket.ts'
import { Wait, type Waiting } from './wait.ts'

/** Nothing is held back and nothing is cut: the request has no pass, or all of it was sent. */
const free: State = { at: 'sent' }

/** The gate that an exchange is for. */
export interface ExchangeOwner {
  /** The wait for a go-ahead has ended without one. */
  unanswered(): void
}

/** One request on a connection, and where its expectation stands. */
export class Exchange implements Waiting {
  readonly #pass: Pass | null
  readonly #owner: ExchangeOwner
  #wait: Wait | null = null
  readonly #tunnel: boolean
  #state: State
  #answered = false

  constructor(content: RequestContent, pass: Pass | null, owner: ExchangeOwner) {
    this.#pass = pass
    this.#owner = owner
    this.#tunnel = content === 'tunnel'
    this.#state = stateAtFirst(content, pass)
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

  /** Milliseconds to look for a response after a failed write, where the pass says so. */
  get rescueTimeout(): number | undefined {
    return this.#pass?.rescueTimeout
  }

  /** The head is handed to the connection. */
  begin(reusedConnection: boolean): void {
    this.#pass?.observer.onHead(this.asks, reusedConnection)
  }

  /** The head has left; the wait begins. */
  headLeft(): void {
    this.#apply({ type: 'left' })
  }

  /** Lets the content go. */
  flow(): void {
    const state = this.#state
    if (state.at === 'ready') this.#pass?.observer.onRelease(state.by)
    this.#apply({ type: 'flow' })
  }

  /** All of the request has been handed to the connection. */
  sent(): void {
    this.#apply({ type: 'sent' })
  }

  /** The connection accepted bytes of content. */
  accepted(bytes: number): void {
    if (bytes > 0) this.#pass?.observer.onContent(bytes)
  }

  /** A write failed, and a response is looked for. */
  rescue(error: Error): void {
    this.#pass?.observer.onRescue(error)
  }

  /** Bytes of a response came. */
  answered(): void {
    if (this.#answered) return
    this.#answered = true
    this.#pass?.observer.onFirstByte()
  }

  /** An interim response came. */
  interim(status: number): void {
    this.#apply({ type: 'interim', status })
    this.#pass?.observer.onInterim(status)
  }

  /** The final response came. */
  final(status: number): void {
    this.#apply({ type: 'final', status })
    this.#pass?.observer.onFinal(status, this.#state.at === 'withheld')
  }

  /** Lets go of the timer. */
  close(): void {
    this.#wait?.stop()
  }

  waited(): void {
    this.#apply({ type: 'timeout' })
    this.#owner.unanswered()
  }

  #apply(event: Event): void {
    const before = this.#state
    this.#state = next(before, event)
    if (this.#state === before) return
    if (before.at === 'waiting') this.#wait?.stop()
    if (this.#state.at === 'waiting') {
      this.#wait = new Wait(this)
      this.#wait.start(this.#pass?.continueTimeout ?? 0)
    }
  }
}

function stateAtFirst(content: RequestContent, pass: Pass | null): State {
  if (pass === null) return free
  // RFC 9110, section 10.1.1: no expectation in a request that has no content.
  return pass.asks && content !== 0 && content !== 'tunnel' ? asking : unasked
}
