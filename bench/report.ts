import { caseTable } from './case-table.ts'
import { goals } from './goals.ts'
import { goalsReached, goalsTable } from './goals-table.ts'
import type { Machine } from './machine.ts'
import { metrics } from './metrics.ts'
import type { SectionResult } from './result.ts'
import type { Plot, Section } from './section.ts'

/** All that was measured in one run. */
export interface Run {
  readonly machine: Machine
  readonly rounds: number
  readonly results: readonly SectionResult[]
}

/** The name of a plot's file in docs/. */
export function plotFile({ name }: Section, { metric }: Plot): string {
  return `benchmarks-${name}-${metric}.svg`
}

/** docs/benchmarks.md. */
export function reportOf({ machine, rounds, results }: Run, sections: readonly Section[]): string {
  const parts = results.flatMap((result) => {
    const section = sections.find(({ name }) => name === result.name)
    return section === undefined ? [] : [sectionText(section, result)]
  })
  return `${introduction(machine, rounds)}
## Goals

Each number is the median of the ratios, round by round, of the candidate to the peer behind
the stroke, with the lowest and the highest.

${goalsTable(goals, results)}

${goalsReached(goals, results)}

${parts.join('\n')}`
}

function introduction(machine: Machine, rounds: number): string {
  const { processor, cores, memory, system, node, curl, counters } = machine
  return `# Benchmarks

Written by \`npm run bench\`; the raw numbers are in [benchmarks.json](benchmarks.json).

| machine   | what it is |
| --------- | --- |
| processor | ${processor}, ${cores} cores |
| memory    | ${memory} GiB |
| system    | ${system} |
| Node.js   | ${node} |
| curl      | ${curl} |
| hardware counters | ${counters ? 'can be read, but are not used here' : 'none: `perf stat -e instructions` is not supported, so processor time is reported'} |

Client and origin are on one machine and speak HTTP/1.1 over loopback, where a round trip more
weighs most and sending content costs least. Each measurement is made in a process of its own,
which makes three hundred uploads of 1 MiB first, or what a section says, so that what is used is
compiled when it is measured: V8 takes some thousand calls for that. Candidates take turns (A B C, A B C, …), ${rounds} rounds,
and are compared round by round, so that what slows the machine down for a while
weighs on all of them. Tables show medians; rules in plots go from the lowest to the highest.

All candidates declare the length of their content. A generator is an async generator of
chunks of 64 KiB; a file is read as each client does it: \`fromFile\`, \`createReadStream\`, curl by
itself. The time of curl is its own \`time_total\`, so starting it costs it nothing. "Without"
means that a client sends no expectation, because it cannot wait for the answer. The origin
counts the content it gets: an upload that did not arrive whole, exactly once, ends the run.
Our own candidates run from what \`npm run build\` compiled, in their default settings.
`
}

function sectionText(section: Section, result: SectionResult): string {
  const { title, text, plots } = section
  const tables = result.cases.map((each) => caseTable(each, section))
  const pictures = plots.map((shown) => {
    const { title: of } = metrics[shown.metric]
    return `![${title}: ${of}](${plotFile(section, shown)})`
  })
  return `## ${title}\n\n${[text, ...pictures, ...tables].join('\n\n')}\n`
}
