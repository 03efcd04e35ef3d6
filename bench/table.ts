import { type CandidateName, titles } from './candidates.ts'
import type { CaseResult, Sample } from './rounds.ts'
import { median, ratioOf, type Spread } from './statistics.ts'

type Cells = readonly string[]

/** A case's numbers as a Markdown table, which a terminal shows well enough. */
export function tableOf(result: CaseResult): string {
  const entries = Object.entries(result.samples) as [CandidateName, readonly Sample[]][]
  const [lead] = entries
  if (lead === undefined) return ''
  const [leader, ours] = lead
  const head = [result.name, 'MB/s', 'ms per upload', 'CPU s per GiB', 'MB above idle']
  const rows = entries.map(([name, samples]) => {
    const times = seconds(samples)
    const against = name === leader ? '' : spread(ratioOf(times, seconds(ours)))
    return [titles[name], ...numbersOf(result, samples), against]
  })
  return table([...head, `speed of ${titles[leader]} / its speed`], rows)
}

function numbersOf({ bytes, uploads }: CaseResult, samples: readonly Sample[]): Cells {
  const time = median(seconds(samples))
  const cpu = known(samples, ({ cpuSeconds }) => cpuSeconds)
  const peak = known(samples, ({ peakBytes }) => peakBytes)
  return [
    (bytes / 1e6 / time).toFixed(0),
    ((time * 1000) / uploads).toPrecision(3),
    cpu === null ? '' : ((median(cpu) * 2 ** 30) / bytes).toFixed(2),
    peak === null ? '' : (median(peak) / 1e6).toFixed(1),
  ]
}

function seconds(samples: readonly Sample[]): number[] {
  return samples.map((sample) => sample.seconds)
}

/** Numbers that all samples have, or nothing. */
function known(
  samples: readonly Sample[],
  pick: (sample: Sample) => number | null,
): number[] | null {
  const numbers = samples.map(pick).filter((number) => number !== null)
  return numbers.length === samples.length ? numbers : null
}

function spread({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`
}

function table(head: Cells, rows: readonly Cells[]): string {
  const widths = head.map((cell, at) =>
    Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)),
  )
  const line = (cells: Cells): string =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  )
  return [head, rule, ...rows].map(line).join('\n')
}
