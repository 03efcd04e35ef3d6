import type { Platform, Result } from './platform.ts'
import { runPackage } from './program.ts'

/** The supported Node versions. */
const lines = ['22', '24', '26']

/** Runs the wire suite and the specs that depend on the process, such as Node's own dispatcher. */
const others = ['spec/*.spec.ts', 'spec/!(wire|process)/**']
const mocha = ['node_modules/mocha/bin/mocha.js', ...others.flatMap((files) => ['--ignore', files])]

const described =
  '"Node " + process.versions.node + ", whose fetch is undici " + process.versions.undici'

/** Runs the specs on the newest release of each version. */
export const nodeLines: Platform = () => Promise.all(lines.map(specsOn))

async function specsOn(line: string): Promise<Result> {
  const { printed: name } = await runPackage(`node@${line}`, ['-p', described])
  const { code, printed } = await runPackage(`node@${line}`, mocha, { limit: 600_000 })
  // Drops the dots before the summary. Without a summary, the whole output is kept.
  const summary = printed.slice(Math.max(0, printed.search(/^ *\d+ passing/m)))
  return { name: name.trim(), passed: code === 0, details: summary.trim() }
}
