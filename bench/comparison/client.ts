import type { Readable } from 'node:stream'

export interface Client {
  readonly name: string
  /** How the client is made to send an expectation; `null` when it cannot. */
  readonly asksBy: string | null
  /** Uploads one-shot content and resolves with the status that a caller gets. */
  send(url: string, content: Readable, asks: boolean): Promise<number>
}
