import type { Run } from './program.ts'

/** The result on a platform. */
export interface Result {
  /** The platform and its version. */
  readonly name: string
  readonly passed: boolean
  /** What is printed after the name. */
  readonly details: string
}

/** Checks a platform with the programs in a folder where the built package is installed. */
export type Platform = (folder: string) => Promise<readonly Result[]>

/** Passes if all lines were printed and the exit code is 0. A failure has the whole output. */
export function resultOf(name: string, { code, printed }: Run, lines: readonly string[]): Result {
  const found = printed.split('\n')
  const missing = lines.filter((line) => !found.includes(line))
  if (missing.length === 0 && code === 0) return { name, passed: true, details: 'passes' }
  const details = [`fails, exit code ${code}. It printed:`, printed, 'Missing:', ...missing].join(
    '\n',
  )
  return { name, passed: false, details }
}

export const thisNode: string = `Node ${process.versions.node}`
