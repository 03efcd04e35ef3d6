import { planOf, usage } from './arguments.ts'
import { caseTable } from './case-table.ts'
import { Files } from './files.ts'
import { goals } from './goals.ts'
import { goalsReached, goalsTable } from './goals-table.ts'
import { thisMachine } from './machine.ts'
import { Receiver } from './receiver.ts'
import type { CaseResult, SectionResult } from './result.ts'
import { type Grounds, runRounds } from './rounds.ts'
import type { Section } from './section.ts'
import { sections } from './sections.ts'
import { write } from './written.ts'

async function runSection(
  section: Section,
  rounds: number,
  grounds: Grounds,
): Promise<SectionResult> {
  console.log(`\n## ${section.title}\n\n${section.text}`)
  const cases: CaseResult[] = []
  for (const measured of section.cases) {
    const result = await runRounds(measured, rounds, grounds)
    console.log(`\n${caseTable(result, section)}`)
    cases.push(result)
  }
  return { name: section.name, cases }
}

async function main(args: string[]): Promise<number> {
  const plan = planOf(args, sections)
  if (typeof plan === 'string') {
    process.stderr.write(`${plan}\n\n${usage}`)
    return 2
  }
  const machine = thisMachine()
  const { processor, cores, system, node } = machine
  console.log(`${processor}, ${cores} cores, ${system}, Node ${node}, ${plan.rounds} rounds`)
  if (!machine.counters) console.log('This machine has no hardware counters.')
  const receiver = await Receiver.start()
  const files = new Files()
  try {
    const results: SectionResult[] = []
    for (const section of plan.sections) {
      results.push(await runSection(section, plan.rounds, { receiver, files }))
    }
    console.log(`\n## Goals\n\n${goalsTable(goals, results)}\n\n${goalsReached(goals, results)}`)
    if (plan.write) write({ machine, rounds: plan.rounds, results }, sections)
    return 0
  } finally {
    receiver.stop()
    files.remove()
  }
}

process.exitCode = await main(process.argv.slice(2))
