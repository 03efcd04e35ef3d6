import type { CandidateName, ContentKind, Job } from './job.ts'
import type { Condition, MetricName } from './metrics.ts'

/** Uploads that are made one after another or several at a time; those without a name are a warm-up. */
export interface Row {
  /** What it is called in the report. */
  readonly name?: string
  readonly condition?: Condition
  /** Where it stands on the axis of plots that have one. */
  readonly at?: number
  /** Bytes. */
  readonly size: number
  readonly uploads: number
  /** @default 1 */
  readonly parallel?: number
}

/** Candidates that are measured in turn, doing the same, each in a process of its own. */
export interface Case {
  /** What the origin does: see its connection. */
  readonly play: string
  /** @default 'PUT' */
  readonly method?: Job['method']
  readonly kind: ContentKind
  /** What one process does, in order. */
  readonly rows: readonly Row[]
  /** @default 201 */
  readonly status?: number
  /** Whether our own candidates remember routes. @default true */
  readonly memory?: boolean
  /** Whether the origin gets all content, exactly once. @default true */
  readonly complete?: boolean
  readonly candidates: readonly CandidateName[]
}

/** Something to reach, in both conditions: a metric of some rows, compared with a peer or by itself. */
export interface Goal {
  readonly metric: MetricName
  /** The names of the rows. */
  readonly rows: readonly string[]
  /** Who is to reach it. */
  readonly ours: readonly CandidateName[]
  /** Whose number theirs is divided by. */
  readonly per?: CandidateName
  readonly atLeast?: number
  readonly atMost?: number
}

/** A picture of one metric: bars for each row, or lines where rows stand on an axis. */
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
  readonly goals: readonly Goal[]
}
