import {
  asking,
  type Event,
  next,
  type ReleasedBy,
  type State,
  unasked,
} from '../protocol/expectation.ts'
import type { Ticket } from './ticket.ts'
import { Wait, type Waiting } from './wait.ts'

export interface ExpectationOwner {
  readonly isClosed: boolean
  stop(): void
  onRelease(by: ReleasedBy): void
}

/** The expectation of one request: its state, its timer, and the events for the attempt. */
export class Expectation implements Waiting {
  /** Whether the final response followed the 100 directly, before any content was sent. */
  finalBeforeContent = false
  finalStatus = 0
  readonly #ticket: Ticket
  readonly #owner: ExpectationOwner
  #wait: Wait | null = null
  #state: State
  #hasFirstByte = false
  #turn: NodeJS.Immediate | null = null

  constructor(ticket: Ticket, asks: boolean, owner: ExpectationOwner) {
    this.#ticket = ticket
    this.#owner = owner
    this.#state = asks ? asking : unasked
  }

  /** Whether all of the content was written. */
  get complete(): boolean {
    return this.#state.at === 'sent'
  }

  get contentStopped(): boolean {
    return this.#state.at === 'withheld' || this.#state.at === 'cut'
  }

  headWritten(): void {
    // A write that is pending when its connection closes ends without an error.
    if (this.#owner.isClosed) return
    this.#apply({ type: 'left' })
  }

  shorten(milliseconds: number): void {
    this.#wait?.shorten(milliseconds)
  }

  /**
   * Releases the content if a 100 was received: at once after a final response, otherwise one poll
   * phase of the event loop later. Some origins send a final response directly after the 100.
   */
  releaseIfGranted(): void {
    if (this.#state.at !== 'ready') return
    if (this.finalBeforeContent) Expectation.#release(this)
    else this.#turn ??= setImmediate(Expectation.#poll, this)
  }

  static #poll(expectation: Expectation): void {
    expectation.#turn = setImmediate(Expectation.#release, expectation)
  }

  static #release(expectation: Expectation): void {
    const state = expectation.#state
    // Content that no connection takes must stay untouched for another attempt.
    if (state.at !== 'ready' || expectation.#owner.isClosed) return
    expectation.#apply({ type: 'flow' })
    expectation.#ticket.onRelease(state.by)
    expectation.#owner.onRelease(state.by)
  }

  sent(): void {
    this.#apply({ type: 'sent' })
  }

  firstByte(): void {
    if (this.#hasFirstByte) return
    this.#hasFirstByte = true
    this.#ticket.onFirstByte()
  }

  interim(status: number): void {
    this.#apply({ type: 'interim', status })
    this.#ticket.onInterim(status)
  }

  final(status: number): void {
    const before = this.#state
    this.finalStatus = status
    this.#apply({ type: 'final', status })
    this.finalBeforeContent =
      this.#state === before && (before.at === 'granted' || before.at === 'ready')
    this.#ticket.onFinal(status, this.#state.at === 'withheld')
    if (this.contentStopped) this.#owner.stop()
  }

  /** The connection, or the stream, was closed. */
  closed(): void {
    this.#wait?.stop()
    if (this.#turn !== null) clearImmediate(this.#turn)
    this.#owner.stop()
    if (!this.complete) this.#ticket.onClosed()
  }

  /** The wait ended without a response, and includes a poll phase. */
  waited(): void {
    this.#apply({ type: 'timeout' })
    Expectation.#release(this)
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
