import type { CandidateName } from './candidates.ts'

/** What is uploaded. */
export interface ContentPlan {
  readonly kind: ContentKind
  /** Bytes. */
  readonly size: number
  /** The file that holds it, where it is one. */
  readonly path?: string
}

/** A buffer, an async generator of 64 KiB chunks, or a file that candidates read as they do best. */
export type ContentKind = 'buffer' | 'generator' | 'file'

/** What one child process measures. */
export interface Job {
  readonly candidate: CandidateName
  /** The URL that is uploaded to; the warm-up has a path of its own below it. */
  readonly url: string
  readonly method: 'PUT' | 'POST'
  readonly content: ContentPlan
  readonly uploads: number
  /** Uploads under way at a time. */
  readonly parallel: number
  /** What is uploaded before, and is not measured. */
  readonly warmUp: { readonly uploads: number; readonly content: ContentPlan }
  /** The status that every upload must come to. */
  readonly status: number
  /** Whether our own candidates remember routes. */
  readonly memory: boolean
}

/** What a child process measured. */
export interface Measurement {
  /** From the first upload's begin to the last one's end. */
  readonly seconds: number
  /** User and system time of the process meanwhile; `null` where the candidate is a program. */
  readonly cpuSeconds: number | null
  /** The highest resident size meanwhile, above the one before; `null` where it is unknown. */
  readonly peakBytes: number | null
}
