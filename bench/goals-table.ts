import { titles } from './candidates.ts'
import { spreadText } from './case-table.ts'
import { type Goal, standingsOf } from './goal.ts'
import { table } from './markdown.ts'
import type { SectionResult } from './result.ts'

/** The goals that were measured, and who reached them. */
export function goalsTable(goals: readonly Goal[], sections: readonly SectionResult[]): string {
  const rows = goals.flatMap((goal) =>
    standingsOf(goal, sections).map(({ candidate, spread, reached }) => [
      whatOf(goal),
      limitText(goal),
      titles[candidate],
      spreadText(spread, goal.digits),
      reached ? 'reached' : '**not reached**',
    ]),
  )
  return table(['what', 'goal', 'who', 'median (lowest to highest)', 'verdict'], rows)
}

/** How many of them were reached, as a sentence. */
export function goalsReached(goals: readonly Goal[], sections: readonly SectionResult[]): string {
  const standings = goals.flatMap((goal) => standingsOf(goal, sections))
  const reached = standings.filter((standing) => standing.reached)
  return `${reached.length} of ${standings.length} reached.`
}

function whatOf({ what, per, less }: Goal): string {
  if (per !== undefined) return `${what} / ${titles[per]}`
  return less === undefined ? what : `${what}, beyond ${titles[less]}`
}

function limitText({ limit, digits = 2 }: Goal): string {
  return 'atLeast' in limit
    ? `≥ ${limit.atLeast.toFixed(digits)}`
    : `≤ ${limit.atMost.toFixed(digits)}`
}
