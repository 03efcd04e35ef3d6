import { asking, type Event, next, type State, unasked } from '../protocol/expectation.ts'
import type { Ticket } from './ticket.ts'
import { Wait, type Waiting } from './wait.ts'

/** The gate of the request. */
export interface ExpectationOwner {
  /** The wait ended without a response. */
  onSilence(): void
}

/** The expectation of one request: its state, its timer, and the events for the attempt. */
export class Expectation implements Waiting {
  readonly #ticket: Ticket
  readonly #owner: ExpectationOwner
  #wait: Wait | null = null
  #state: State
  #answered = false
  #answeredFirst = false

  constructor(ticket: Ticket, asks: boolean, owner: ExpectationOwner) {
    this.#ticket = ticket
    this.#owner = owner
    this.#state = asks ? asking : unasked
  }

  /** Whether content may be sent now. */
  get flows(): boolean {
    return this.#state.at === 'sending'
  }

  /** Whether the final response followed the 100 directly, before any content was sent. */
  get answeredFirst(): boolean {
    return this.#answeredFirst
  }

  /** Whether no more content may be written. */
  get shut(): boolean {
    return this.#state.at === 'withheld' || this.#state.at === 'cut'
  }

  /** The head was written; the wait begins. */
  headLeft(): void {
    this.#apply({ type: 'left' })
  }

  /** Limits the rest of the wait to this many milliseconds. */
  shorten(milliseconds: number): void {
    if (this.#state.at === 'waiting' && this.#wait !== null) this.#wait.shorten(milliseconds)
  }

  /** Releases the content if the state allows it; returns whether it did. */
  release(): boolean {
    const state = this.#state
    if (state.at !== 'ready') return false
    this.#apply({ type: 'flow' })
    this.#ticket.onRelease(state.by)
    return true
  }

  /** All of the content was written. */
  sent(): void {
    this.#apply({ type: 'sent' })
  }

  /** The first bytes of a response were received. */
  answered(): void {
    if (this.#answered) return
    this.#answered = true
    this.#ticket.onFirstByte()
  }

  /** An interim response was received. */
  interim(status: number): void {
    this.#apply({ type: 'interim', status })
    this.#ticket.onInterim(status)
  }

  /** The head of the final response was received. */
  final(status: number): void {
    const before = this.#state
    this.#apply({ type: 'final', status })
    this.#answeredFirst =
      this.#state === before && (before.at === 'granted' || before.at === 'ready')
    this.#ticket.onFinal(status, this.#state.at === 'withheld')
  }

  /** Stops the timer. */
  close(): void {
    this.#wait?.stop()
  }

  waited(): void {
    this.#apply({ type: 'timeout' })
    this.#owner.onSilence()
  }

  #apply(event: Event): void {
    const before = this.#state
    this.#state = next(before, event)
    if (this.#state === before) return
    if (before.at === 'waiting') this.#wait?.stop()
    if (this.#state.at === 'waiting') {
      this.#wait = new Wait(this)
      this.#wait.start(this.#ticket.continueTimeout)
    }
  }
}
