import type { Dispatcher } from 'undici'
import type { Ticket } from './ticket.ts'

/** The upload whose head a client writes next on its connection. */
export interface NextRequest {
  readonly ticket: Ticket
  /** Whether the client puts the expectation into the head itself, as it does on HTTP/2. */
  readonly asks: boolean
}

/** A connection that holds content back, as the client that writes on it sees it. */
export interface Line {
  /** @param controller ends the request. */
  announce(next: NextRequest, controller: Pick<Dispatcher.DispatchController, 'abort'>): void
}
