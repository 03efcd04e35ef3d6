import { planOf, usage } from './arguments.ts'
import { Files } from './files.ts'
import { Receiver } from './receiver.ts'
import { runRounds } from './rounds.ts'
import { sections } from './sections.ts'
import { tableOf } from './table.ts'

async function main(args: string[]): Promise<number> {
  const plan = planOf(args, sections)
  if (typeof plan === 'string') {
    process.stderr.write(`${plan}\n\n${usage}`)
    return 2
  }
  const receiver = await Receiver.start()
  const files = new Files()
  try {
    for (const { title, cases } of plan.sections) {
      console.log(`## ${title}`)
      for (const measured of cases) {
        const result = await runRounds(measured, plan.rounds, { receiver, files })
        console.log(`\n${tableOf(result)}`)
      }
    }
    return 0
  } finally {
    receiver.stop()
    files.remove()
  }
}

process.exitCode = await main(process.argv.slice(2))
