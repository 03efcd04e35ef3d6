import { spawn } from 'node:child_process'
import { closeAll } from './support/closing.ts'
import { foreignLines } from './support/foreign-lines.ts'
import { mirror } from './support/mirror.ts'

/** The lines of Node that are supported. */
const lines = ['22', '24', '26']

/** What is run: the wire suite, and what depends on the process, as its Node's own dispatcher does. */
const others = ['spec/*.spec.ts', 'spec/!(wire|process)/**']
const mocha = ['node_modules/mocha/bin/mocha.js', ...others.flatMap((files) => ['--ignore', files])]

interface Run {
  readonly code: number | null
  readonly printed: string
}

/** Runs the newest Node of a line. */
function node(line: string, args: readonly string[]): Promise<Run> {
  return run(`node@${line}`, args)
}

/** Runs a program that a package has. */
function run(name: string, args: readonly string[]): Promise<Run> {
  const child = spawn('npx', ['-y', name, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
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

/** Runs the specs on a line of Node; answers whether all of it passed. */
async function passesOn(line: string): Promise<boolean> {
  const { printed: name } = await node(line, [
    '-p',
    '"Node " + process.versions.node + ", whose fetch is undici " + process.versions.undici',
  ])
  const { code, printed } = await node(line, mocha)
  // The dots before the summary say nothing; without a summary, all of it may tell why.
  const summary = printed.slice(Math.max(0, printed.search(/^ *\d+ passing/m)))
  process.stdout.write(`${name.trim()}: ${summary.trim()}\n`)
  return code === 0
}

/** Uploads on Deno, whose fetch takes no dispatcher; answers whether all of it arrived. */
async function passesOnDeno(): Promise<boolean> {
  const script = 'spec/support/children/foreign-fetch.ts'
  const flags = ['-A', '--node-modules-dir=manual', script, 'none', await mirror()]
  const { printed: name } = await run('deno@2', ['--version'])
  const { printed } = await run('deno@2', ['run', ...flags])
  await closeAll()
  const missing = foreignLines(['a string']).filter((line) => !printed.includes(line))
  process.stdout.write(`${name.split('\n', 1)[0]}: ${missing.length === 0 ? 'passes' : printed}\n`)
  return missing.length === 0
}

const passed = await Promise.all([...lines.map(passesOn), passesOnDeno()])
process.exitCode = passed.every(Boolean) ? 0 : 1
