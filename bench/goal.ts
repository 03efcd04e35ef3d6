import type { CandidateName } from './candidates.ts'
import { type MetricName, numbersOf } from './metrics.ts'
import type { CaseResult, SectionResult } from './result.ts'
import { differenceOf, ratioOf, type Spread, spreadOf } from './statistics.ts'

/** How far a number may go. */
export type Limit = { readonly atLeast: number } | { readonly atMost: number }

/** Something to reach: a metric in one case, compared with a peer or by itself. */
export interface Goal {
  readonly what: string
  readonly section: string
  /** The case's name. */
  readonly in: string
  readonly metric: MetricName
  /** Whose ratio to whom it is, or whose difference; its own number where there is neither. */
  readonly per?: CandidateName
  readonly less?: CandidateName
  readonly limit: Limit
  /** Digits behind the point that are printed, and judged. @default 2 */
  readonly digits?: number
  /** Who is to reach it. */
  readonly ours: readonly CandidateName[]
}

/** What a candidate of ours came to. */
export interface Standing {
  readonly candidate: CandidateName
  readonly spread: Spread
  readonly reached: boolean
}

/** How those who are to reach a goal stand; nothing where it was not measured. */
export function standingsOf(goal: Goal, sections: readonly SectionResult[]): Standing[] {
  const cases = sections.find(({ name }) => name === goal.section)?.cases
  const result = cases?.find(({ name }) => name === goal.in)
  if (result === undefined) return []
  return goal.ours.flatMap((candidate) => {
    const spread = spreadIn(goal, candidate, result)
    return spread === null ? [] : [{ candidate, spread, reached: reaches(goal, spread.median) }]
  })
}

function spreadIn(goal: Goal, candidate: CandidateName, result: CaseResult): Spread | null {
  const ours = numbersOf(goal.metric, result.samples[candidate], result)
  const peer = goal.per ?? goal.less
  if (ours === null) return null
  if (peer === undefined) return spreadOf(ours)
  const theirs = numbersOf(goal.metric, result.samples[peer], result)
  if (theirs === null) return null
  return goal.per === undefined ? differenceOf(ours, theirs) : ratioOf(ours, theirs)
}

/** What is judged is what is printed. */
function reaches({ limit, digits = 2 }: Goal, number: number): boolean {
  const rounded = Number(number.toFixed(digits))
  return 'atLeast' in limit ? rounded >= limit.atLeast : rounded <= limit.atMost
}
