import type { Identity } from './identity.ts'

/** What an origin outside this thread does on a connection, one after the other. */
export type Step =
  | { readonly do: 'head' }
  | { readonly do: 'read'; readonly bytes: number }
  | { readonly do: 'send'; readonly text: string }
  /** Counts this moment for the spec, which may be blocked and waiting for it. */
  | { readonly do: 'count' }
  | { readonly do: 'closed' }
  | { readonly do: 'reset' }
  | { readonly do: 'close' }

/** What the thread is started with. */
export interface Orders {
  readonly steps: readonly Step[]
  readonly identity: Identity | null
  readonly counter: Int32Array<SharedArrayBuffer>
}

/** A response head with a short text, as a step. */
export function answer(status: string, text = ''): Step {
  return {
    do: 'send',
    text: `HTTP/1.1 ${status}\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  }
}

/** The go-ahead, as a step. */
export const goAhead: Step = { do: 'send', text: 'HTTP/1.1 100 Continue\r\n\r\n' }
