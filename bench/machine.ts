import { spawnSync } from 'node:child_process'
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os'

/** What measurements were made on. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  /** GiB. */
  readonly memory: number
  readonly system: string
  readonly node: string
  readonly curl: string
  /** Whether the processor's counters can be read. */
  readonly counters: boolean
}

/** This machine. */
export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}, ${arch()}`,
    node: process.versions.node,
    curl: /^curl (\S+)/.exec(outputOf('curl', ['--version']))?.[1] ?? 'none',
    // perf says "<not supported>" in place of a number.
    counters: /^\d+,/.test(outputOf('perf', ['stat', '-x,', '-e', 'instructions:u', 'true'])),
  }
}

function outputOf(program: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return `${stdout ?? ''}${stderr ?? ''}`
}
