import type { UploadReport } from '../../index.ts'
import type { Behaviour } from './behaviour.ts'
import type { Remark } from './remarks.ts'

/** What a probe found, as `--json` prints it. */
export interface ProbeReport {
  /** The origin and path, without a query, which may hold credentials. */
  readonly url: string
  readonly method: string
  /** Bytes of content that were announced. */
  readonly size: number
  /** Milliseconds that an answer was waited for. */
  readonly waitMs: number
  /** What came over each protocol that the origin speaks, its own choice first. */
  readonly protocols: readonly ProtocolReport[]
  /** What is out of order at the level of bytes; `null` when that was not looked at. */
  readonly remarks: readonly Remark[] | null
  /** What came of the content; `null` when it was not sent. */
  readonly sent: SentReport | null
}

/** What came over one protocol. */
export interface ProtocolReport {
  readonly protocol: Protocol
  /** What the origin did, most frequent first; more than one thing where rounds differ. */
  readonly behaviours: readonly (Behaviour & { readonly client: string })[]
  /** Why nothing could be asked, where that is so. */
  readonly error: string | null
}

/** The protocols that are spoken. */
export type Protocol = 'HTTP/1.1' | 'HTTP/2'

/** What came of an upload: a response, or an error. */
export type SentReport =
  | { readonly status: number; readonly report: UploadReport; readonly error: null }
  | { readonly status: null; readonly report: null; readonly error: string }
