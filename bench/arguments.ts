import { parseArgs } from 'node:util'
import type { Section } from './section.ts'

/** What is to be run. */
export interface Plan {
  readonly sections: readonly Section[]
  readonly rounds: number
  /** Whether docs/ is written. */
  readonly write: boolean
}

export const usage = `Usage: npm run bench -- [--section <name>,<name>] [--rounds <n>] [--quick] [--write]

Measures uploads against the peers, and writes docs/benchmarks.md and what belongs to it.
--section runs some sections alone, --quick three rounds in place of seven; both print only,
unless --write is there, too.
`

const options = {
  section: { type: 'string' },
  rounds: { type: 'string' },
  quick: { type: 'boolean', default: false },
  write: { type: 'boolean' },
} as const

/** Reads the command line; a string is what is wrong with it. */
export function planOf(args: string[], sections: readonly Section[]): Plan | string {
  const values = valuesOf(args)
  if (typeof values === 'string') return values
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 7))
  if (!Number.isSafeInteger(rounds) || rounds < 1) return '--rounds must be a whole number above 0'
  const names = values.section?.split(',') ?? sections.map(({ name }) => name)
  const unknown = names.find((name) => !sections.some((section) => section.name === name))
  if (unknown !== undefined) {
    return `There is no '${unknown}'; there are ${sections.map(({ name }) => name).join(', ')}`
  }
  const everything = values.section === undefined && !values.quick
  return {
    sections: sections.filter(({ name }) => names.includes(name)),
    rounds,
    write: values.write ?? everything,
  }
}

function valuesOf(args: string[]) {
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    // It says which argument it does not know.
    return error instanceof Error ? error.message : String(error)
  }
}
