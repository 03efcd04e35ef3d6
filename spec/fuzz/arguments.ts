import { parseArgs } from 'node:util'
import type { Target } from './target.ts'

export interface RunOptions {
  readonly seed: number
  readonly cases: number
  /** No case starts after this many seconds. */
  readonly seconds: number
  /** The case to repeat, or all cases of one target. */
  readonly only: { readonly target: Target; readonly index: number | null } | null
}

export const usage = `Usage: npm run fuzz -- [--cases <n>] [--seed <n>] [--seconds <n>] [--only <target>[:<case>]]

Feeds random bytes to the parsers and to the whole client, and prints the cases that failed.
`

const options = {
  cases: { type: 'string', default: '1000000' },
  seed: { type: 'string' },
  seconds: { type: 'string', default: '900' },
  only: { type: 'string' },
} as const

/** Parses the command line; returns a string when it is wrong. */
export function runOptionsOf(args: string[], targets: readonly Target[]): RunOptions | string {
  const values = valuesOf(args)
  if (typeof values === 'string') return values
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed)
  const numbers = { cases: Number(values.cases), seconds: Number(values.seconds), seed }
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isSafeInteger(value) || value < 0) return `--${name} must be a whole number`
  }
  if (values.only === undefined) return { ...numbers, only: null }
  const [name, index] = values.only.split(':')
  const target = targets.find((each) => each.name === name)
  if (target === undefined) {
    return `There is no '${name}'; there are ${targets.map((each) => each.name).join(', ')}`
  }
  if (index !== undefined && !/^\d+$/.test(index)) return `'${index}' is not the number of a case`
  return { ...numbers, only: { target, index: index === undefined ? null : Number(index) } }
}

function valuesOf(args: string[]) {
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    // The message names the unknown argument.
    return error instanceof Error ? error.message : String(error)
  }
}
