import { type ChildProcess, spawn } from 'node:child_process'
import { closeLater } from './closing.ts'
import { commandFile } from './tested.ts'

/** The command in a process of its own. */
interface CommandChild {
  readonly process: ChildProcess
  /** Resolves when the process has ended and its output was read. */
  readonly ended: Promise<{ status: number | NodeJS.Signals; out: string; err: string }>
}

/**
 * Starts the command; `env` is added to the environment of this process. Standard input is a pipe that stays open.
 */
export function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): CommandChild {
  const child = spawn(process.execPath, [commandFile, ...args], {
    stdio: 'pipe',
    env: { ...process.env, ...env },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  // The command may end before it has read its input.
  child.stdin.on('error', () => {})
  const ended = new Promise<Awaited<CommandChild['ended']>>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ status: code ?? signal ?? 'SIGKILL', out, err }))
  })
  closeLater(async () => {
    child.kill('SIGKILL')
    await ended.catch(() => {})
  })
  return { process: child, ended }
}
