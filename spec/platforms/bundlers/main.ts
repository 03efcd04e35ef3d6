import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeAll } from '../../support/closing.ts'
import { install } from '../installed.ts'
import { linesOf, mainAnswers, startExchange } from '../origin.ts'
import { type Result, resultOf } from '../platform.ts'
import { type Run, runPackage } from '../program.ts'
import { bundlerPackages, bundles } from './bundles.ts'
import { buildNext, nextPackages, starts, uploadsOfNext } from './next.ts'

// Builds a program that uploads with each bundler, and runs it on several Node versions. Prints a table, and the
// output where one fails.
const lines = ['22', '24']
const expected = linesOf(mainAnswers, ['bytes', 'a file'])

const table: Record<string, Record<string, string>> = {}
const failures: string[] = []

function note(name: string, line: string, { passed, details }: Result): void {
  table[name] = { ...table[name], [`Node ${line}`]: passed ? 'passes' : 'fails' }
  if (!passed) failures.push(`${name}, Node ${line}: ${details}`)
}

/** Builds, and runs the result on each Node version. */
async function check(
  name: string,
  build: () => Promise<(line: string) => Promise<Run>>,
): Promise<void> {
  try {
    const runOn = await build()
    for (const line of lines) note(name, line, resultOf(name, await runOn(line), expected))
  } catch (error) {
    const result = { name, passed: false, details: String(error) }
    for (const line of lines) note(name, line, result)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
try {
  const programs = new URL('programs', import.meta.url)
  await install(folder, [...bundlerPackages, ...nextPackages], programs)
  const { args } = await startExchange()
  for (const [name, bundle] of Object.entries(bundles)) {
    await check(name, async () => {
      const file = await bundle(folder)
      return (line) => runPackage(`node@${line}`, [file, ...args], { limit: 60_000 })
    })
  }
  const built = buildNext(folder)
  built.catch(() => {})
  for (const [name, start] of Object.entries(starts)) {
    await check(name, async () => {
      await built
      return (line) => uploadsOfNext(line, start, folder, args)
    })
  }
} finally {
  await closeAll()
  rmSync(folder, { recursive: true, force: true })
}

console.table(table)
for (const failure of failures) console.log(failure)
if (failures.length > 0) process.exitCode = 1
