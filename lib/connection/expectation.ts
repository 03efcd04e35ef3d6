import { asking, type Event, next, type State, unasked } from '../protocol/expectation.ts'
import type { Ticket } from './ticket.ts'
import { Wait, type Waiting } from './wait.ts'

/** The gate of the request. */
export interface ExpectationOwner {
  /** The wait for a go-ahead has ended without one. */
  onSilence(): void
}

/** The expectation of one request: its state, its wait, and what the attempt is told of it. */
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

  /** Whether the content flows, or would if there were more of it. */
  get flows(): boolean {
    return this.#state.at === 'sending'
  }

  /** Whether the origin answered right behind its 100, before the content had begun to flow. */
  get answeredFirst(): boolean {
    return this.#answeredFirst
  }

  /** Whether nothing more may be written. */
  get shut(): boolean {
    return this.#state.at === 'withheld' || this.#state.at === 'cut'
  }

  /** The head has left; the wait begins. */
  headLeft(): void {
    this.#apply({ type: 'left' })
  }

  /** Ends the wait after so many milliseconds from now, if it would last longer. */
  shorten(milliseconds: number): void {
    if (this.#state.at === 'waiting' && this.#wait !== null) this.#wait.shorten(milliseconds)
  }

  /** Lets the content go if it waits for nothing more. */
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

  /** Bytes of a response came. */
  answered(): void {
    if (this.#answered) return
    this.#answered = true
    this.#ticket.onFirstByte()
  }

  /** An interim response came. */
  interim(status: number): void {
    this.#apply({ type: 'interim', status })
    this.#ticket.onInterim(status)
  }

  /** The final response came. */
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
