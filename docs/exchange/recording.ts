import type { UploadReport } from '../../lib/report/report.ts'

/** What the server of a recording does with an upload. */
export type OriginChoice = 'go' | '413' | '417' | '401' | '307' | '503' | 'silent'

/** How the client of a recording was set up. */
export type ClientChoice = 'default' | 'short-wait' | 'never'

/** What a recording uploads. */
export type ContentChoice = 'file' | 'stream'

/** The head of a request or a response, in the order in which it came. */
export interface WireLine {
  /** Which connection, counted from 1. */
  readonly connection: number
  /** `'>'` came from the client, `'<'` from the server. */
  readonly direction: '>' | '<'
  readonly text: string
}

/** An upload as it was once made. Each attempt has a connection of its own. */
export interface Recording {
  readonly origin: OriginChoice
  readonly client: ClientChoice
  readonly content: ContentChoice
  /** Bytes of the body. */
  readonly size: number
  readonly report: UploadReport
  readonly wire: readonly WireLine[]
}
