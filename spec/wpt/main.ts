import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Row, testsOf, verdictOf } from './compare.ts'
import { type FaceName, faceNames } from './faces.ts'
import { notesOn } from './notes.ts'
import { type Page, pagesIn, titleOf } from './pages.ts'
import { type Outcome, runPage } from './run.ts'
import { harness } from './scripts.ts'
import { startServer, type TestServer } from './server/server.ts'
import { tableOf } from './table.ts'

const usage = `Usage: npm run test:wpt -- <folder> [--fetch ${faceNames.join('|')}] [--only <part of a path>]

Runs the web-platform-tests for fetch with this package's fetch, with the same and an expectation
for all content, with undici's fetch and with the platform's, and prints the results.

<folder> is a checkout of the tests, of which fetch, common, resources and xhr are needed:

  git clone --depth 1 --filter=blob:none --sparse https://github.com/web-platform-tests/wpt
  git -C wpt sparse-checkout set fetch common resources xhr
`

interface RunOptions {
  readonly folder: string
  readonly faces: readonly FaceName[]
  readonly pages: readonly Page[]
}

/** Parses the command line; returns a string when it is wrong. */
function planOf(args: string[]): RunOptions | string {
  const parsed = parse(args)
  if (typeof parsed === 'string') return parsed
  const { values, positionals } = parsed
  const [folder, ...others] = positionals
  if (folder === undefined) return 'The folder with the tests is missing'
  if (others.length > 0) return `There can be one folder, not '${others.join("', '")}' as well`
  const faces = faceNames.filter((name) => values.fetch === undefined || name === values.fetch)
  if (faces.length === 0) return `There is no fetch '${values.fetch}'`
  if (!statSync(join(folder, harness), { throwIfNoEntry: false })) {
    return `There are no web-platform-tests in '${folder}': it has no ${harness.slice(1)}`
  }
  const pages = pagesIn(folder, values.only)
  if (pages.length === 0) return `No test in '${folder}' has '${values.only}' in its path`
  return { folder, faces, pages }
}

function parse(args: string[]) {
  const options = { fetch: { type: 'string' }, only: { type: 'string', default: '' } } as const
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    // The message names the unknown argument.
    return error instanceof Error ? error.message : String(error)
  }
}

async function runAll({ folder, faces, pages }: RunOptions, server: TestServer): Promise<Row[]> {
  const rows = pages.map((page) => ({ page, outcomes: new Map<FaceName, Outcome>() }))
  const jobs = rows.flatMap((row) => faces.map((face) => ({ ...row, face })))
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const outcome = await runPage(folder, job.page, job.face, server)
      job.outcomes.set(job.face, outcome)
    }
  }
  await Promise.all([work(), work()])
  return rows
}

/** Prints the results; returns whether every page had tests and none was lost. */
function report(rows: readonly Row[], faces: readonly FaceName[]): boolean {
  const manifest = readFileSync(new URL('../../node_modules/undici/package.json', import.meta.url))
  const { version } = JSON.parse(manifest.toString()) as { version: string }
  const { node, undici } = process.versions
  console.log(`Node ${node}, undici ${version}, the platform's undici ${undici}\n`)
  console.log(tableOf(rows, faces))
  const ours = faces.filter((face) => face === 'ours' || face === 'asking')
  const tests = rows.flatMap(testsOf)
  console.log(`\n${notesOn(tests, ours.length === 0 ? faces : ours)}`)
  const empty = rows.filter((row) => testsOf(row).length === 0)
  for (const { page, outcomes } of empty) {
    const faults = [...outcomes.values()].flatMap((outcome) => outcome.faults)
    console.log(`\nNo test began in ${titleOf(page)}: ${faults[0] ?? 'no error'}`)
  }
  if (empty.length > 0) return false
  return !tests.some((test) => ours.some((face) => verdictOf(test, face) === 'lost'))
}

async function main(args: string[]): Promise<number> {
  const plan = planOf(args)
  if (typeof plan === 'string') {
    process.stderr.write(`${plan}\n\n${usage}`)
    return 2
  }
  const server = await startServer(plan.folder)
  try {
    const rows = await runAll(plan, server)
    const isPassed = report(rows, plan.faces)
    for (const path of server.missing) console.log(`\nThere is no replacement for ${path}`)
    return isPassed ? 0 : 1
  } finally {
    server.close()
  }
}

process.exitCode = await main(process.argv.slice(2))
