import type { CandidateName, ContentKind, Job } from './job.ts'
import type { Condition, MetricName } from './metrics.ts'

/** Uploads one after another or several at a time. Without a name, it is a warm-up. */
export interface Row {
  /** The name in the report. */
  readonly name?: string
  readonly condition?: Condition
  /** The position on the axis of plots that have one. */
  readonly at?: number
  /** Bytes. */
  readonly size: number
  readonly uploads: number
  /** @default 1 */
  readonly parallel?: number
}

/** Candidates that are measured in turn, each in a process of its own. */
export interface Case {
  /** The behaviour of the origin: see its connection. */
  readonly play: string
  /** @default 'PUT' */
  readonly method?: Job['method']
  readonly kind: ContentKind
  /** What one process does, in order. */
  readonly rows: readonly Row[]
  /** @default 201 */
  readonly status?: number
  /** Whether the candidates of this package have a route memory. @default true */
  readonly memory?: boolean
  /** Whether the origin gets all content, exactly once. @default true */
  readonly complete?: boolean
  readonly candidates: readonly CandidateName[]
}

/** A number to reach, in both conditions: a metric of some rows, compared with a peer or absolute. */
export interface Goal {
  readonly metric: MetricName
  /** The names of the rows. */
  readonly rows: readonly string[]
  /** The candidates that must reach it. */
  readonly ours: readonly CandidateName[]
  /** The candidate whose number is the divisor. */
  readonly per?: CandidateName
  readonly atLeast?: number
  readonly atMost?: number
}

/** A plot of one metric: bars for each row, or lines where rows have a position. */
export interface Plot {
  readonly metric: MetricName
  /** The title of the axis; bars have none. */
  readonly axis?: string
}

/** Related cases. */
export interface Section {
  readonly name: string
  readonly title: string
  /** What is measured, for the report. */
  readonly text: string
  /** The metrics in the table. */
  readonly columns: readonly MetricName[]
  /** The metric of the ratio between the first candidate and the others. */
  readonly compared: MetricName | null
  readonly plots: readonly Plot[]
  readonly cases: readonly Case[]
  readonly goals: readonly Goal[]
}
