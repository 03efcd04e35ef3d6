import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Files } from './files.ts'
import { thisMachine } from './machine.ts'
import { type Grounds, measureCase, measureImport, Origin } from './measure.ts'
import type { Result, SectionResult } from './metrics.ts'
import { plotOf } from './plots.ts'
import {
  goalsReached,
  goalsTable,
  plotFile,
  type Run,
  rawOf,
  reportOf,
  resultTable,
  standingsOf,
} from './report.ts'
import type { Section } from './section.ts'
import { importName, sections } from './sections.ts'

const usage = `Usage: npm run bench -- [--section <name>,<name>] [--rounds <n>] [--write]

Measures uploads against the peers in five rounds, and writes docs/benchmarks.md and what belongs to it.
--section measures some sections alone and prints only, unless --write is there, too.
`

export interface RunOptions {
  readonly sections: readonly Section[]
  readonly rounds: number
  /** Whether docs/ is written. */
  readonly write: boolean
}

const options = {
  section: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  write: { type: 'boolean' },
} as const

/** Parses the command line; returns a string when it is wrong. */
export function planOf(args: string[]): RunOptions | string {
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values']
  try {
    values = parseArgs({ args, options }).values
  } catch (error) {
    // The message names the unknown argument.
    return error instanceof Error ? error.message : String(error)
  }
  const rounds = Number(values.rounds)
  if (!Number.isSafeInteger(rounds) || rounds < 1) return '--rounds must be a whole number above 0'
  const all = sections.map(({ name }) => name)
  const names = values.section?.split(',') ?? all
  const unknown = names.find((name) => !all.includes(name))
  if (unknown !== undefined) return `There is no '${unknown}'; there are ${all.join(', ')}`
  return {
    sections: sections.filter(({ name }) => names.includes(name)),
    rounds,
    write: values.write ?? values.section === undefined,
  }
}

async function measureSection(
  section: Section,
  rounds: number,
  grounds: Grounds,
): Promise<SectionResult> {
  const begun = performance.now()
  console.log(`\n## ${section.title}\n\n${section.text}`)
  const results: Result[] = []
  const show = (measured: readonly Result[]): void => {
    for (const result of measured) console.log(`\n${resultTable(result, section)}`)
    results.push(...measured)
  }
  for (const each of section.cases) show(await measureCase(each, rounds, grounds))
  if (section.name === importName) show([await measureImport(rounds)])
  console.log(`\n${((performance.now() - begun) / 1000).toFixed(0)} s`)
  return { name: section.name, results }
}

const docs = new URL('../docs/', import.meta.url)

/** Writes the report, its plots and the raw numbers to docs/. */
function write(run: Run): void {
  // Removes the plots of sections that no longer exist.
  for (const name of readdirSync(docs)) {
    if (/^benchmarks-.*\.svg$/.test(name)) rmSync(new URL(name, docs))
  }
  for (const result of run.results) {
    const section = sections.find(({ name }) => name === result.name)
    for (const plot of section?.plots ?? []) {
      if (section === undefined) continue
      writeFileSync(new URL(plotFile(section, plot), docs), plotOf(plot, section, result))
    }
  }
  writeFileSync(new URL('benchmarks.json', docs), rawOf(run))
  writeFileSync(new URL('benchmarks.md', docs), reportOf(run, sections))
}

async function main(args: string[]): Promise<number> {
  const plan = planOf(args)
  if (typeof plan === 'string') {
    process.stderr.write(`${plan}\n\n${usage}`)
    return 2
  }
  const machine = thisMachine()
  const { processor, cores, system, node, load } = machine
  console.log(
    `${processor}, ${cores} cores, ${system}, Node ${node}, load ${load}, ${plan.rounds} rounds`,
  )
  const origin = await Origin.start()
  const files = new Files()
  try {
    const results: SectionResult[] = []
    for (const section of plan.sections) {
      results.push(await measureSection(section, plan.rounds, { origin, files }))
    }
    const standings = plan.sections.flatMap((section, at) =>
      standingsOf(section, results[at] as SectionResult),
    )
    console.log(`\n## Goals\n\n${goalsTable(standings)}\n\n${goalsReached(standings)}`)
    if (plan.write) write({ machine, rounds: plan.rounds, results })
    return 0
  } finally {
    origin.stop()
    files.remove()
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
