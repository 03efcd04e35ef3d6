import { type RunOptions, runOptionsOf, usage } from './arguments.ts'
import { client } from './client/client.ts'
import { expectation } from './expectation.ts'
import { fields } from './fields.ts'
import { interimResponses } from './interim-responses.ts'
import { mebibytes } from './memory-peak.ts'
import { requestHead } from './request-head.ts'
import { Run, repeating, type Tally } from './run.ts'
import type { Target } from './target.ts'

const targets: readonly Target[] = [interimResponses, requestHead, expectation, fields, client]

/** Runs a part of the cases of each target in turn, so that each gets its share of the time. */
async function runAll(run: Run, cases: number): Promise<void> {
  const rounds = 10
  for (let round = 0; round < rounds; round++) {
    for (const target of targets) {
      const upTo = (done: number): number => Math.round((cases * target.share * done) / rounds)
      await run.cases(target, upTo(round), upTo(round + 1))
    }
  }
}

async function runTargets(run: Run, { cases, only }: RunOptions): Promise<void> {
  if (only === null) await runAll(run, cases)
  else if (only.index === null) await run.cases(only.target, 0, cases)
  else await run.cases(only.target, only.index, only.index + 1)
}

function print({ tallies, memory }: Run, seed: number, seconds: number): boolean {
  const row = (name: string, ...cells: (string | number)[]): string =>
    name.padEnd(9) + cells.map((cell) => String(cell).padStart(12)).join('')
  const ofTally = ({ name, cases, milliseconds, broken }: Tally): string => {
    const hangs = broken.filter((each) => each.hangs).length
    const rate = Math.round(cases / (milliseconds / 1000))
    return row(name, cases, rate, broken.length - hangs, hangs)
  }
  const broken = tallies.flatMap((tally) => tally.broken)
  for (const { target, index, what } of broken) {
    console.log(`${target} ${index}: ${what}`)
    console.log(`  ${repeating(seed, target)}:${index}\n`)
  }
  console.log(row('', 'cases', 'per second', 'crashes', 'hangs'))
  for (const tally of tallies) console.log(ofTally(tally))
  const cases = tallies.reduce((sum, tally) => sum + tally.cases, 0)
  const peak = `${mebibytes(memory.rss)} resident, ${mebibytes(memory.arrayBuffers)} in buffers`
  console.log(`\n${cases} cases in ${Math.round(seconds)} s with seed ${seed}; at most ${peak}`)
  if (memory.excess !== null) console.log(memory.excess)
  return broken.length === 0 && memory.excess === null
}

async function main(args: string[]): Promise<number> {
  const plan = runOptionsOf(args, targets)
  if (typeof plan === 'string') {
    process.stderr.write(`${plan}\n\n${usage}`)
    return 2
  }
  console.log(`Node ${process.versions.node}, seed ${plan.seed}\n`)
  const begun = performance.now()
  const run = new Run(targets, plan.seed, plan.seconds)
  await runTargets(run, plan)
  return print(run, plan.seed, (performance.now() - begun) / 1000) ? 0 : 1
}

// A case that hangs could keep the process alive.
process.exit(await main(process.argv.slice(2)))
