import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { temporaryFile } from '../../support/files.ts'
import { type Through, throughVariable } from '../../support/through.ts'

export interface WireRun {
  readonly passes: number
  /** The scenarios that failed, with the reason. */
  readonly failures: readonly string[]
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const mocha = fileURLToPath(new URL('../../../node_modules/mocha/bin/mocha.js', import.meta.url))

/** Runs the specs of spec/wire through a proxy, without titles that begin with one of these. */
export async function runWireSuite(through: Through, without: readonly string[]): Promise<WireRun> {
  const output = temporaryFile()
  const files = readdirSync(`${root}spec/wire`).map((name) => `spec/wire/${name}`)
  const omitted = without.map((title) => `^${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} `)
  const options = [
    ...['--no-config', '--extension', 'ts', '--require', 'spec/support/hooks.ts'],
    ...['--timeout', '10000', '--reporter', 'json', '--reporter-option', `output=${output}`],
    ...(omitted.length > 0 ? ['--grep', omitted.join('|'), '--invert'] : []),
  ]
  const environment = { ...process.env, [throughVariable]: JSON.stringify(through) }
  const child = spawn(process.execPath, [mocha, ...options, ...files], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'exit')
  const { stats, failures } = JSON.parse(readFileSync(output, 'utf8'))
  const texts = failures.map(
    ({ fullTitle, err }: { fullTitle: string; err: { message?: string } }) =>
      `${fullTitle}: ${err.message}`,
  )
  return { passes: stats.passes, failures: texts }
}
