import type { TicketedOptions } from '../connection/connector.ts'
import { ticketKey } from '../connection/ticket.ts'
import type { ViewOwner } from '../content/view.ts'
import { type Decision, isLeftToUndici } from '../protocol/decision.ts'
import type { AskReason } from '../report/report.ts'
import type { Attempt } from './attempt.ts'
import type { Plan } from './plan.ts'

/** Whom to tell of an attempt's content. */
export interface BodyListener {
  /** Some of it was handed to the connection. */
  handed(attempt: Attempt): void
  /** Its source failed. */
  sourceFailed(error: unknown): void
}

/** The body of an attempt that has content: all of it, or a view of it and a ticket for a gate. */
export function addBody(
  options: TicketedOptions,
  attempt: Attempt,
  decision: Decision,
  plan: Plan,
  listener: BodyListener,
): void {
  const { whole } = plan
  if (whole !== undefined && isLeftToUndici(decision)) {
    options.body = whole
    return
  }
  const view = plan.upload.source.view(new Reader(attempt, decision, plan, listener))
  if (whole !== undefined && plan.lends) attempt.delivery.offerWhole(view, whole)
  // undici takes any async iterable; the declared type names only some of them.
  options.body = view as unknown as Buffer
  options[ticketKey] = attempt.ticket
}

/** The attempt as the one that reads the content. */
class Reader implements ViewOwner {
  readonly held: boolean
  readonly #attempt: Attempt
  readonly #decision: Decision
  readonly #plan: Plan
  readonly #listener: BodyListener

  constructor(attempt: Attempt, decision: Decision, plan: Plan, listener: BodyListener) {
    this.held = attempt.asks
    this.#attempt = attempt
    this.#decision = decision
    this.#plan = plan
    this.#listener = listener
  }

  onFirst(): void {
    const { hasGate } = this.#attempt
    const unasked = hasGate ? null : this.#unaskedReason
    if (unasked === null) this.#attempt.mustHaveGate()
    else this.#sendUnasked(unasked)
  }

  onFailed(error: unknown): void {
    this.#listener.sourceFailed(error)
  }

  onChunk(bytes: number): void {
    this.#attempt.delivery.handedBytes += bytes
    this.#listener.handed(this.#attempt)
  }

  taken(): number {
    return this.#plan.lends ? this.#attempt.takenBytes : 0
  }

  accepted(bytes: number): Promise<void> {
    return this.#attempt.accepted(bytes)
  }

  /** Why content is sent unasked where nothing can hold it back; `null` where that is an error. */
  get #unaskedReason(): AskReason | null {
    const { reason } = this.#decision
    // It would be sent unasked at other times.
    if (reason === 'remembered-refusal') return 'below-threshold'
    return this.#plan.scope.needsGate || reason === 'always' ? null : 'no-gate'
  }

  #sendUnasked(reason: AskReason): void {
    const { log, source } = this.#plan.upload
    log.reason = reason
    source.flow()
  }
}
