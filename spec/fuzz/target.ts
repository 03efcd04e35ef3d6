import type { Random } from './random.ts'

/** Something that is fed random input. */
export interface Target {
  readonly name: string
  /** How much of all cases it gets. */
  readonly share: number
  /** Cases that may run at once. */
  readonly parallel: number
  /** Runs one case, and throws when something is not as it has to be. */
  run(random: Random): void | Promise<void>
}

/** Throws unless two values, printed, are the same. */
export function same(found: unknown, wanted: unknown, what: string): void {
  const [one, other] = [textOf(found), textOf(wanted)]
  if (one !== other) throw new Error(`${what}: found ${one}, wanted ${other}`)
}

/** Throws unless this is so. */
export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what)
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
