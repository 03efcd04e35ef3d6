import type { CandidateName } from './candidates.ts'
import type { ContentPlan, Job } from './job.ts'
import type { MetricName } from './metrics.ts'

/** Candidates that are measured in turn, doing the same. */
export interface Case {
  readonly name: string
  /** Where it stands on the axis of plots that have one. */
  readonly at?: number
  /** What the origin does: see the origin's connection. */
  readonly play: string
  readonly method?: Job['method']
  readonly content: Omit<ContentPlan, 'path'>
  readonly uploads: number
  /** @default 1 */
  readonly parallel?: number
  /** @default three hundred uploads of 1 MiB */
  readonly warmUp?: { readonly uploads: number; readonly size?: number }
  /** @default 201 */
  readonly status?: number
  /** Whether our own candidates remember routes. @default true */
  readonly memory?: boolean
  /** Whether the origin gets all content, exactly once. @default true */
  readonly whole?: boolean
  /** Rounds for each that is asked for. @default 1 */
  readonly rounds?: number
  readonly candidates: readonly CandidateName[]
}

/** A picture of one metric: bars for each case, or lines where cases stand on an axis. */
export interface Plot {
  readonly metric: MetricName
  /** The axis's title; bars have none. */
  readonly axis?: string
}

/** Cases that belong together. */
export interface Section {
  readonly name: string
  readonly title: string
  /** What is measured, for the report. */
  readonly text: string
  /** What the table says of each candidate. */
  readonly columns: readonly MetricName[]
  /** What is compared, round by round, between the first candidate and each other one. */
  readonly compared: MetricName | null
  readonly plots: readonly Plot[]
  readonly cases: readonly Case[]
}

/**
 * Uploads after which V8 has compiled what is used for each upload, and not only for each chunk:
 * with --trace-opt, undici's own part takes 3,000 and ours 7,000.
 */
export const compiledAfter = 8000

export const kibibyte = 1024
export const mebibyte = 1024 * kibibyte
export const gibibyte = 1024 * mebibyte
