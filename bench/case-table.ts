import { type CandidateName, titles } from './candidates.ts'
import { type Cells, table } from './markdown.ts'
import { type MetricName, metrics, numbersOf } from './metrics.ts'
import type { CaseResult } from './result.ts'
import type { Section } from './section.ts'
import { median, ratioOf, type Spread } from './statistics.ts'

type Shown = Pick<Section, 'columns' | 'compared'>

/** A case's numbers: the medians of all rounds, and how the first candidate compares. */
export function caseTable(result: CaseResult, { columns, compared }: Shown): string {
  const names = Object.keys(result.samples) as CandidateName[]
  const [leader] = names
  const head = [result.name, ...columns.map((name) => metrics[name].title)]
  if (compared === null || leader === undefined || names.length === 1) {
    return table(head, rowsOf(names, columns, result))
  }
  const ratios = names.map((name) => (name === leader ? '' : ratio(leader, name, compared, result)))
  const rows = rowsOf(names, columns, result).map((row, at) => [...row, ratios[at] ?? ''])
  return table([...head, `${metrics[compared].title}: ${titles[leader]} / this`], rows)
}

function rowsOf(
  names: readonly CandidateName[],
  columns: readonly MetricName[],
  result: CaseResult,
): Cells[] {
  return names.map((name) => [
    titles[name],
    ...columns.map((column) => {
      const numbers = numbersOf(column, result.samples[name], result)
      return numbers === null ? '' : median(numbers).toFixed(metrics[column].digits)
    }),
  ])
}

function ratio(
  leader: CandidateName,
  name: CandidateName,
  metric: MetricName,
  result: CaseResult,
): string {
  const ours = numbersOf(metric, result.samples[leader], result)
  const theirs = numbersOf(metric, result.samples[name], result)
  return ours === null || theirs === null ? '' : spreadText(ratioOf(ours, theirs))
}

/** A median, with the lowest and the highest in brackets. */
export function spreadText({ median, min, max }: Spread, digits = 2): string {
  // No number is shown as -0.
  const shown = (number: number): string => (Number(number.toFixed(digits)) + 0).toFixed(digits)
  return `${shown(median)} (${shown(min)} to ${shown(max)})`
}
