import { spawnSync } from 'node:child_process'
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

/** What measurements were made on. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  /** GiB. */
  readonly memory: number
  readonly system: string
  readonly node: string
  readonly curl: string
  /** Processes that wanted to run, on average, in the minute before: those of others, on a machine that is shared. */
  readonly load: number
}

/** This machine. */
export function thisMachine(): Machine {
  const { stdout } = spawnSync('curl', ['--version'], { encoding: 'utf8' })
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}, ${arch()}`,
    node: process.versions.node,
    curl: /^curl (\S+)/.exec(stdout ?? '')?.[1] ?? 'none',
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  }
}
