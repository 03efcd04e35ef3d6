import { spawn } from 'node:child_process'

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
  const child = spawn('npx', ['-y', `node@${line}`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
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

const passed = await Promise.all(lines.map(passesOn))
process.exitCode = passed.every(Boolean) ? 0 : 1
