import { type CandidateName, titles } from './job.ts'
import type { Machine } from './machine.ts'
import {
  type Condition,
  type MetricName,
  median,
  metrics,
  numbersOf,
  type Result,
  ratioOf,
  type Sample,
  type SectionResult,
  type Spread,
  spreadOf,
} from './metrics.ts'
import type { Goal, Plot, Section } from './section.ts'

export interface Run {
  readonly machine: Machine
  readonly rounds: number
  readonly results: readonly SectionResult[]
}

const conditions: Readonly<Record<Condition, string>> = {
  first: 'first uploads of a process',
  compiled: 'compiled',
}

// Goals.

/** A candidate of this package in one row. */
interface Standing {
  readonly goal: Goal
  readonly row: string
  readonly candidate: CandidateName
  readonly reached: Partial<Record<Condition, { readonly spread: Spread; readonly is: boolean }>>
}

/** The results for the goals of a section, as far as they were measured. */
export function standingsOf({ goals }: Section, { results }: SectionResult): Standing[] {
  return goals.flatMap((goal) =>
    goal.rows.flatMap((row) =>
      goal.ours.flatMap((candidate) => {
        const reached: Standing['reached'] = {}
        for (const result of results.filter(({ name }) => name === row)) {
          const spread = spreadIn(goal, candidate, result)
          if (spread === null) continue
          reached[result.condition] = { spread, is: reaches(goal, spread.median) }
        }
        return Object.keys(reached).length === 0 ? [] : [{ goal, row, candidate, reached }]
      }),
    ),
  )
}

function spreadIn({ metric, per }: Goal, candidate: CandidateName, result: Result): Spread | null {
  const ours = numbersOf(metric, candidate, result)
  if (ours === null || per === undefined) return ours === null ? null : spreadOf(ours)
  const theirs = numbersOf(metric, per, result)
  return theirs === null ? null : ratioOf(ours, theirs)
}

/** Rounds first, so that the verdict agrees with the printed number. */
function reaches({ atLeast, atMost }: Goal, number: number): boolean {
  const rounded = Number(number.toFixed(2))
  return rounded >= (atLeast ?? Number.NEGATIVE_INFINITY) && rounded <= (atMost ?? Infinity)
}

/** The goals that were measured, and which candidates reached them. */
export function goalsTable(standings: readonly Standing[]): string {
  const cell = ({ reached }: Standing, condition: Condition): string => {
    const found = reached[condition]
    if (found === undefined) return ''
    return found.is ? spreadText(found.spread) : `**${spreadText(found.spread)}**`
  }
  const rows = standings.map((standing) => {
    const { goal, row, candidate } = standing
    const per = goal.per === undefined ? '' : ` / ${titles[goal.per]}`
    const limit = goal.atLeast === undefined ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`
    return [
      `${row}: ${metrics[goal.metric].title}, ${titles[candidate]}${per}`,
      limit,
      cell(standing, 'first'),
      cell(standing, 'compiled'),
    ]
  })
  return table(['what', 'goal', conditions.first, conditions.compiled], rows)
}

/** How many goals were reached, as a sentence. */
export function goalsReached(standings: readonly Standing[]): string {
  const all = standings.flatMap(({ reached }) => Object.values(reached))
  const short = all.filter(({ is }) => !is).length
  return `${all.length - short} of ${all.length} reached; bold ones are not.`
}

// Tables.

/** The numbers of a row: the medians of all rounds, and the ratio of the first candidate to the others. */
export function resultTable(result: Result, { columns, compared }: Section): string {
  const names = Object.keys(result.samples) as CandidateName[]
  const [leader] = names
  const head = [
    `${result.name} (${conditions[result.condition]})`,
    ...columns.map((name) => metrics[name].title),
  ]
  const rows = names.map((name) => [
    titles[name],
    ...columns.map((column) => medianText(column, name, result)),
  ])
  if (compared === null || leader === undefined || names.length === 1) return table(head, rows)
  const ratios = names.map((name) => ratioText(compared, leader, name, result))
  return table(
    [...head, `${metrics[compared].title}: ${titles[leader]} / this`],
    rows.map((row, at) => [...row, ratios[at] ?? '']),
  )
}

function medianText(metric: MetricName, name: CandidateName, result: Result): string {
  const numbers = numbersOf(metric, name, result)
  return numbers === null ? '' : median(numbers).toFixed(metrics[metric].digits)
}

function ratioText(
  metric: MetricName,
  leader: CandidateName,
  name: CandidateName,
  result: Result,
): string {
  if (name === leader) return ''
  const ours = numbersOf(metric, leader, result)
  const theirs = numbersOf(metric, name, result)
  return ours === null || theirs === null ? '' : spreadText(ratioOf(ours, theirs))
}

/** A median, with the lowest and the highest in brackets. */
export function spreadText({ median, min, max }: Spread): string {
  // Avoids -0.
  const plot = (number: number): string => (Number(number.toFixed(2)) + 0).toFixed(2)
  return `${plot(median)} (${plot(min)} to ${plot(max)})`
}

type Cells = readonly string[]

/** A Markdown table with padded columns, which is also readable in a terminal. */
function table(head: Cells, rows: readonly Cells[]): string {
  const widths = head.map((cell, at) =>
    Math.max(3, cell.length, ...rows.map((row) => row[at]?.length ?? 0)),
  )
  const padded = (cell: string, at: number): string => {
    const width = widths[at] ?? 0
    return at === 0 ? cell.padEnd(width) : cell.padStart(width)
  }
  const line = (cells: Cells): string => `| ${cells.map(padded).join(' | ')} |`
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  )
  return [head, rule, ...rows].map(line).join('\n')
}

// Files.

export function plotFile({ name }: Section, { metric }: Plot): string {
  return `benchmarks-${name}-${metric}.svg`
}

/** docs/benchmarks.md. */
export function reportOf({ machine, rounds, results }: Run, sections: readonly Section[]): string {
  const measured = results.flatMap((result) => {
    const section = sections.find(({ name }) => name === result.name)
    return section === undefined ? [] : [{ section, result }]
  })
  const standings = measured.flatMap(({ section, result }) => standingsOf(section, result))
  const parts = measured.map(({ section, result }) => sectionText(section, result))
  return `${introduction(machine, rounds)}
## Goals

Each number is the median, over all rounds, of the ratio of the candidate to the peer after
the slash, with the lowest and the highest.

${goalsTable(standings)}

${goalsReached(standings)}

${parts.join('\n')}`
}

function introduction(machine: Machine, rounds: number): string {
  const { processor, cores, memory, system, node, curl, load } = machine
  return `# Benchmarks

Written by \`npm run bench\`; the raw numbers are in [benchmarks.json](benchmarks.json). How each
client is configured and measured is in [bench/README.md](../bench/README.md).

| machine   | what it is |
| --------- | --- |
| processor | ${processor}, ${cores} cores, load ${load} before |
| memory    | ${memory} GiB |
| system    | ${system} |
| Node.js   | ${node} |
| curl      | ${curl} |

Client and origin are on one machine and speak HTTP/1.1 over loopback, where a round trip more
weighs most and sending content costs least. Each measurement is made in a process of its own, from what
\`npm run build\` made. Candidates take turns (A B C, A B C, …), ${rounds} rounds, and are compared round by
round, so that what slows the machine down for a while weighs on all of them. Tables show
medians; rules in plots go from the lowest to the highest. "First uploads of a process" are just that; "compiled" is
after V8 has compiled what is used. "Without" means that a client sends no expectation, because it cannot
wait for the answer. The origin counts the content it gets: an upload that did not arrive whole, exactly
once, ends the run.
`
}

function sectionText(section: Section, { results }: SectionResult): string {
  const { title, text, plots } = section
  const tables = results.map((result) => resultTable(result, section))
  const pictures = plots.map((plot) => {
    const { title: of } = metrics[plot.metric]
    return `![${title}: ${of}](${plotFile(section, plot)})`
  })
  return `## ${title}\n\n${[text, ...pictures, ...tables].join('\n\n')}\n`
}

/** docs/benchmarks.json: all numbers, one line per candidate and metric. */
export function rawOf({ machine, rounds, results }: Run): string {
  const sections = results.map(({ name, results }) => ({ name, rows: results.map(columnsOf) }))
  const text = JSON.stringify({ machine, rounds, sections }, null, 2)
  // Puts a list of numbers on one line.
  return `${text.replaceAll(/\[[\s\d.,null-]*\]/g, (list) => list.replaceAll(/\s+/g, ' '))}\n`
}

function columnsOf({ samples, ...rest }: Result): object {
  const columns = Object.entries(samples).map(([candidate, values]) => [
    candidate,
    {
      seconds: rounded(values, ({ seconds }) => seconds),
      cpuSeconds: rounded(values, ({ cpuSeconds }) => cpuSeconds),
      peakBytes: rounded(values, ({ peakBytes }) => peakBytes),
      contentBytesPerUpload: rounded(values, ({ contentBytes }) => contentBytes),
      ...(values.some(({ waits }) => waits.length > 0) && {
        waitMs: values.map(({ waits }) => waits.map((wait) => Number(wait.toFixed(3)))),
      }),
      ...(values.some(({ originCpuSeconds }) => originCpuSeconds !== null) && {
        originCpuSeconds: rounded(values, ({ originCpuSeconds }) => originCpuSeconds),
      }),
    },
  ])
  return { ...rest, candidates: Object.fromEntries(columns) }
}

function rounded(
  samples: readonly Sample[],
  pick: (sample: Sample) => number | null,
): (number | null)[] {
  return samples.map((sample) => {
    const number = pick(sample)
    return number === null ? null : Number(number.toFixed(6))
  })
}
