import type { UploadReport } from '../../lib/report/report.ts'

/** What the origin of a recording does with an upload. */
export type OriginChoice = 'go' | 'silent' | '413' | '417' | '401' | '307' | '503'

/** How the client of a recording was set up. */
export type ClientChoice = 'default' | 'short-wait' | 'never'

/** What a recording uploads. */
export type ContentChoice = 'file' | 'stream'

/** One thing that went over the wire: a head, or content. */
export interface WireLine {
  readonly atMs: number
  /** Which connection, counted from 1. */
  readonly connection: number
  /** `'>'` came from the client, `'<'` from the origin. */
  readonly direction: '>' | '<'
  readonly text: string
}

/** An upload as it was once made. */
export interface Recording {
  readonly origin: OriginChoice
  readonly client: ClientChoice
  readonly content: ContentChoice
  readonly report: UploadReport
  readonly wire: readonly WireLine[]
}
