import type { CandidateName } from './candidates.ts'
import type { Measurement } from './job.ts'

/** One measurement, with what the origin saw of it. */
export interface Sample extends Measurement {
  /** Content bytes that reached the origin, per upload. */
  readonly contentBytes: number
  /** For each upload to a silent origin, milliseconds from its head to its content. */
  readonly waits: readonly number[]
  /** The origin's processor time meanwhile, warm-up included. */
  readonly originCpuSeconds: number
}

/** A candidate's samples, one a round. */
export type Samples = Readonly<Partial<Record<CandidateName, readonly Sample[]>>>

/** What came of a case. */
export interface CaseResult {
  readonly name: string
  /** Content bytes of all uploads. */
  readonly bytes: number
  readonly uploads: number
  readonly parallel: number
  readonly samples: Samples
}

/** What came of a section. */
export interface SectionResult {
  readonly name: string
  readonly cases: readonly CaseResult[]
}
