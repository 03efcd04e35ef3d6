import type { UploadReport } from '../../lib/report/report.ts'

/** What the server does. */
export type OriginChoice = 'go' | '413' | '417' | '401' | '307' | '503' | 'silent'

/** The settings of the client. */
export type ClientChoice = 'default' | 'short-wait' | 'never'

export type ContentChoice = 'file' | 'stream'

/** A head of a request or a response. */
export interface WireLine {
  /** The number of the connection, from 1. */
  readonly connection: number
  /** `'>'` from the client, `'<'` from the server. */
  readonly direction: '>' | '<'
  readonly text: string
}

/** A recorded upload. Each attempt has a connection of its own. */
export interface Recording {
  readonly origin: OriginChoice
  readonly client: ClientChoice
  readonly content: ContentChoice
  /** Bytes of the body. */
  readonly size: number
  readonly report: UploadReport
  readonly wire: readonly WireLine[]
}
