import type { Random } from './random.ts'

/** Code that gets random input. */
export interface Target {
  readonly name: string
  /** Its share of all cases. */
  readonly share: number
  /** The limit of concurrent cases. */
  readonly parallel: number
  /** Runs one case, and throws when a check fails. */
  run(random: Random): void | Promise<void>
}

/** Throws unless two values print the same. */
export function same(found: unknown, wanted: unknown, what: string): void {
  const [one, other] = [textOf(found), textOf(wanted)]
  if (one !== other) throw new Error(`${what}: found ${one}, wanted ${other}`)
}

export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what)
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
