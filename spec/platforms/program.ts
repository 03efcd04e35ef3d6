import { spawn } from 'node:child_process'

export interface Run {
  readonly code: number | null
  /** The output on both streams. */
  readonly printed: string
}

export interface RunOptions {
  /** The working directory; this process's by default. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds after which it is killed with its children. @default 5 minutes */
  readonly limit?: number
  /** Called with each output. */
  readonly onPrinted?: (text: string) => void
  /** Ends it. */
  readonly signal?: AbortSignal
}

/** Runs a program to its end, or kills it. */
export function run(
  program: string,
  args: readonly string[],
  { cwd = process.cwd(), env = {}, limit = 300_000, onPrinted, signal }: RunOptions = {},
): Promise<Run> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its children are in its process group, and are killed with it.
    detached: true,
  })
  let printed = ''
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      onPrinted?.(text)
    })
  }
  const kill = (): void => {
    if (child.pid !== undefined) killGroup(child.pid)
  }
  const timer = setTimeout(() => {
    printed += `\nIt was killed after ${limit / 1000} seconds.`
    kill()
  }, limit)
  signal?.addEventListener('abort', kill)
  process.on('exit', kill)
  return new Promise<Run>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, printed }))
  }).finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', kill)
    process.off('exit', kill)
  })
}

/** Runs a program of a package. */
export function runPackage(
  name: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<Run> {
  return run('npx', ['-y', name, ...args], options)
}

function killGroup(id: number): void {
  try {
    process.kill(-id, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
