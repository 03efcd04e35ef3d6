import type { Attempt } from './attempt.ts'
import type { TicketedOptions } from './connector.ts'
import { type Decision, isLeftToUndici } from './decision.ts'
import type { Plan, Upload } from './plan.ts'
import { ticketKey } from './ticket.ts'

/** Whom to tell of an attempt's content. */
export interface BodyListeners {
  /** Some of it was handed to the connection. */
  handed(): void
  /** Its source failed. */
  failed(error: unknown): void
}

/** What undici is given of an attempt's content: all of it, or a view of it and a ticket for a gate. */
export type AttemptBody = Pick<TicketedOptions, 'body' | typeof ticketKey>

/** The body of an attempt that has content. */
export function bodyOf(
  attempt: Attempt,
  decision: Decision,
  { whole, upload, lends }: Plan,
  { handed, failed }: BodyListeners,
): AttemptBody {
  if (whole !== undefined && isLeftToUndici(decision)) return { body: whole }
  const view = upload.source.view({
    held: attempt.asks,
    onFirst: () => {
      if (decision.reason === 'remembered-refusal' && !attempt.hasGate) sendUnasked(upload)
      else attempt.mustHaveGate()
    },
    onFailed: failed,
    onChunk: (bytes) => {
      attempt.handedBytes += bytes
      handed()
    },
    taken: () => (lends ? attempt.takenBytes : 0),
    accepted: (bytes) => attempt.accepted(bytes),
  })
  if (whole !== undefined && lends) attempt.offerWhole(view, whole)
  // undici takes any async iterable; the declared type names only some of them.
  return { body: view as unknown as Buffer, [ticketKey]: attempt.ticket }
}

/** Content that would be sent unasked at other times does not fail where nothing can hold it back. */
function sendUnasked({ log, source }: Upload): void {
  log.reason = 'below-threshold'
  source.flow()
}
