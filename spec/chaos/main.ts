import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { noise } from '../support/contents.ts'
import { leakedSince, openResources } from '../support/open-resources.ts'
import type { Pool } from './bodies.ts'
import { type Finding, judge } from './ledger.ts'
import { planSession, poolSize, type SessionPlan } from './plan.ts'
import type { Received } from './plays.ts'
import { Progress } from './progress.ts'
import { runSession, type SessionSetup } from './session.ts'
import { summary } from './summary.ts'
import type { Addresses } from './transports.ts'
import { UnhandledErrors } from './unhandled-errors.ts'
import type { UploadResult } from './upload-result.ts'

const usage = `Usage: npm run chaos -- [--uploads 2000] [--seed <number>] [--parallel 16] [--session <number>]

Makes uploads of every kind through a proxy that damages connections, to an origin with random
behaviour, and compares what callers were told with what the origin received. --parallel is the
number of concurrent sessions, of up to 8 uploads each; --session runs one session only.
A run of more than 2000 uploads prints its progress on stderr.
`

interface RunOptions {
  readonly uploads: number
  readonly seed: number
  readonly parallel: number
  readonly session: number | null
}

/** Parses the command line; returns a string when it is wrong. */
function planOf(args: string[]): RunOptions | string {
  const options = {
    uploads: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    parallel: { type: 'string', default: '16' },
    session: { type: 'string' },
  } as const
  try {
    const { values } = parseArgs({ args, options })
    const [uploads, seed, parallel, session] = [
      values.uploads,
      values.seed,
      values.parallel,
      values.session ?? '0',
    ].map(Number) as [number, number, number, number]
    for (const [name, value] of Object.entries({ uploads, seed, parallel, session })) {
      if (!Number.isSafeInteger(value) || value < 0) return `--${name} must be a whole number`
    }
    if (parallel === 0) return '--parallel must be above 0'
    return { uploads, seed, parallel, session: values.session === undefined ? null : session }
  } catch (error) {
    // The message names the unknown argument.
    return error instanceof Error ? error.message : String(error)
  }
}

function* sessionsOf({ uploads, seed, session }: RunOptions): Generator<SessionPlan> {
  if (session !== null) {
    yield planSession(seed, session, Number.POSITIVE_INFINITY)
    return
  }
  let left = uploads
  for (let number = 0; left > 0; number++) {
    const next = planSession(seed, number, left)
    left -= next.uploads.length
    yield next
  }
}

interface Run {
  readonly results: readonly UploadResult[]
  readonly findings: readonly Finding[]
}

/** Runs all sessions, with a limit on concurrent ones. */
async function runAll(plan: RunOptions, setup: SessionSetup): Promise<Run> {
  const results: UploadResult[] = []
  const findings: Finding[] = []
  const sessions = sessionsOf(plan)
  const progress = new Progress(plan.uploads)
  const work = async (): Promise<void> => {
    for (const session of sessions) {
      const result = await runSession(session, setup)
      results.push(...result.results)
      progress.at(results.length)
      if (result.closed) continue
      const text = `the agent of session ${session.number} or its connections could not be closed`
      findings.push({ breach: 'leaked', upload: `${session.number}.0`, text })
    }
  }
  await Promise.all(Array.from({ length: plan.parallel }, work))
  return { results: results, findings }
}

async function main(args: string[]): Promise<number> {
  const plan = planOf(args)
  if (typeof plan === 'string') {
    process.stderr.write(`${plan}\n\n${usage}`)
    return 2
  }
  const { seed } = plan
  console.log(`Node ${process.versions.node}, ${plan.uploads} uploads, --seed ${seed}`)
  const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  const pool: Pool = { bytes: noise(poolSize, 7), path: join(folder, 'pool') }
  writeFileSync(pool.path, pool.bytes)
  const origin = fork(new URL('./origin.ts', import.meta.url))
  try {
    const [addresses] = (await once(origin, 'message')) as [Addresses]
    const setup = { seed, addresses, pool }
    // Resources that undici and Node create once per process are not leaks.
    await runSession({ ...planSession(1, 0, 8), number: -1, uploads: [] }, setup)
    await pause(100)
    const before = openResources()
    const unhandled = new UnhandledErrors()
    unhandled.start()
    const begun = performance.now()
    const { results, findings } = await runAll(plan, setup)
    const seconds = (performance.now() - begun) / 1000
    origin.send('report')
    const [received] = (await once(origin, 'message')) as [Received]
    unhandled.stop()
    const left = await leakedSince(before)
    const all = [
      ...judge(results, received),
      ...findings,
      ...unhandled.findings,
      ...left.map((text): Finding => ({ breach: 'leaked', upload: null, text })),
    ]
    console.log(summary({ uploads: results, received, findings: all, seconds, seed }))
    return all.length === 0 ? 0 : 1
  } finally {
    if (origin.connected) origin.disconnect()
    rmSync(folder, { recursive: true })
  }
}

process.exitCode = await main(process.argv.slice(2))
