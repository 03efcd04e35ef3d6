import { spawnSync } from 'node:child_process'
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

export interface Machine {
  readonly processor: string
  readonly cores: number
  /** GiB. */
  readonly memory: number
  readonly system: string
  readonly node: string
  readonly curl: string
  /** The load average of the minute before; on a shared machine it includes other processes. */
  readonly load: number
}

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
