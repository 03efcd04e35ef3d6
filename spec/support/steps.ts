import type { Identity } from './identity.ts'

/** What an origin in another thread does on a connection. */
export type Step =
  | { readonly do: 'head' }
  | { readonly do: 'read'; readonly bytes: number }
  | { readonly do: 'send'; readonly text: string }
  /** Increments the counter that a blocked spec may wait for. */
  | { readonly do: 'count' }
  | { readonly do: 'closed' }
  | { readonly do: 'reset' }
  | { readonly do: 'close' }

export interface Orders {
  readonly steps: readonly Step[]
  readonly identity: Identity | null
  readonly counter: Int32Array<SharedArrayBuffer>
}

export function answer(status: string, text = ''): Step {
  return {
    do: 'send',
    text: `HTTP/1.1 ${status}\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  }
}

/** The 100, as a step. */
export const goAhead: Step = { do: 'send', text: 'HTTP/1.1 100 Continue\r\n\r\n' }
