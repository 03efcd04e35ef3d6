import type { Readable } from 'node:stream'

/** A client that is compared. */
export interface Client {
  readonly name: string
  /** How it is told to ask: `null` when it cannot be told. */
  readonly asksBy: string | null
  /** Uploads content that can be read once; answers the status that a caller gets. */
  send(url: string, content: Readable, asks: boolean): Promise<number>
}
