import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs the wire suite with other releases of undici: the oldest that package.json allows, the newest of the same
 * major version, and a newer one, if there is one. Other versions can be named on the command line.
 */

interface Published {
  readonly versions: readonly string[]
  readonly 'dist-tags': Readonly<Record<string, string>>
}

interface Run {
  readonly code: number | null
  readonly printed: string
}

function run(program: string, args: readonly string[], cwd: string): Promise<Run> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, printed }))
  })
}

const project = process.cwd()

/** The oldest release that package.json allows. */
function oldest(): string {
  const text = readFileSync(join(project, 'package.json'), 'utf8')
  const range = (JSON.parse(text) as { dependencies: { undici: string } }).dependencies.undici
  const version = /^\^(\d+\.\d+\.\d+)$/.exec(range)?.[1]
  if (version === undefined) throw new Error(`The range ${range} of undici is not ^ and a version`)
  return version
}

async function versions(): Promise<readonly string[]> {
  const { code, printed } = await run(
    'npm',
    ['view', 'undici', 'versions', 'dist-tags', '--json'],
    project,
  )
  if (code !== 0) throw new Error(`npm does not know undici's versions: ${printed}`)
  const { versions: all, 'dist-tags': tags } = JSON.parse(printed) as Published
  const floor = oldest()
  const newestOf = (number: number): string | undefined =>
    all.findLast((version) => !version.includes('-') && major(version) === number)
  const next = tags.next !== undefined && major(tags.next) >= major(floor) ? tags.next : undefined
  const chosen = [floor, newestOf(major(floor)), newestOf(major(floor) + 1), next]
  return [...new Set(chosen.filter((version) => version !== undefined))]
}

function major(version: string): number {
  return Number.parseInt(version, 10)
}

/** A copy of the project with this undici. All other packages are those of the project. */
async function copyWith(version: string): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), 'expect-continue-canary-'))
  for (const name of ['lib', 'spec', 'package.json', '.mocharc.json']) {
    cpSync(join(project, name), join(copy, name), { recursive: true })
  }
  const packages = join(copy, 'node_modules')
  mkdirSync(packages)
  for (const name of readdirSync(join(project, 'node_modules'))) {
    if (name === 'undici' || name === '.bin') continue
    symlinkSync(join(project, 'node_modules', name), join(packages, name))
  }
  const apart = join(copy, 'apart')
  mkdirSync(apart)
  const wanted = ['install', '--no-save', '--prefix', apart, `undici@${version}`]
  const { code, printed } = await run('npm', wanted, apart)
  if (code !== 0) throw new Error(`undici ${version} cannot be installed: ${printed}`)
  symlinkSync(join(apart, 'node_modules', 'undici'), join(packages, 'undici'))
  return copy
}

interface Result {
  readonly version: string
  readonly passing: number
  readonly failing: number
}

async function tryOut(version: string): Promise<Result> {
  const copy = await copyWith(version)
  try {
    const mocha = ['--no-config', '--extension', 'ts', '--require', 'spec/support/hooks.ts']
    const args = [
      ...mocha,
      '--timeout',
      '10000',
      '--reporter',
      'json',
      'spec/wire/*.spec.ts',
      'spec/process/*.spec.ts',
    ]
    const { printed } = await run(
      process.execPath,
      [join(project, 'node_modules/mocha/bin/mocha.js'), ...args],
      copy,
    )
    const count = (name: string): number | undefined => {
      const found = new RegExp(`^ {4}"${name}": (\\d+)`, 'm').exec(printed)?.[1]
      return found === undefined ? undefined : Number(found)
    }
    const [passing, failing] = [count('passes'), count('failures')]
    if (passing === undefined || failing === undefined) {
      process.stderr.write(`undici ${version}: the suite did not come to an end\n${printed}\n`)
    }
    return { version, passing: passing ?? 0, failing: failing ?? 1 }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

const named = process.argv.slice(2)
const results: Result[] = []
process.stdout.write('| undici | passing | failing |\n| --- | --- | --- |\n')
for (const version of named.length > 0 ? named : await versions()) {
  const result = await tryOut(version)
  results.push(result)
  process.stdout.write(`| ${result.version} | ${result.passing} | ${result.failing} |\n`)
}
process.exitCode = results.every(({ failing }) => failing === 0) ? 0 : 1
