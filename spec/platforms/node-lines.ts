import type { Platform, Result } from './platform.ts'
import { runPackage } from './program.ts'

/** The lines of Node that are supported. */
const lines = ['22', '24', '26']

/** What is run: the wire suite, and what depends on the process, as its Node's own dispatcher does. */
const others = ['spec/*.spec.ts', 'spec/!(wire|process)/**']
const mocha = ['node_modules/mocha/bin/mocha.js', ...others.flatMap((files) => ['--ignore', files])]

const described =
  '"Node " + process.versions.node + ", whose fetch is undici " + process.versions.undici'

/** Runs the specs on the newest Node of each line. */
export const nodeLines: Platform = () => Promise.all(lines.map(specsOn))

async function specsOn(line: string): Promise<Result> {
  const { printed: name } = await runPackage(`node@${line}`, ['-p', described])
  const { code, printed } = await runPackage(`node@${line}`, mocha, { limit: 600_000 })
  // The dots before the summary say nothing; without a summary, all of it may tell why.
  const summary = printed.slice(Math.max(0, printed.search(/^ *\d+ passing/m)))
  return { name: name.trim(), passed: code === 0, told: summary.trim() }
}
