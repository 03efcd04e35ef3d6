import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { closeLater } from './closing.ts'

export interface Child {
  readonly process: ChildProcess
  /** Resolves with the output, or rejects with the errors if the exit code is not 0. */
  readonly printed: Promise<string>
  /** Resolves with the exit code, or with the signal that ended the process. */
  readonly exited: Promise<number | NodeJS.Signals>
  message(): Promise<unknown>
}

const here = [process.execPath]

/**
 * Starts a script of `children`.
 *
 * @param command the program and its first arguments; this Node by default.
 */
export function startChild(
  script: string,
  args: readonly string[],
  command: readonly string[] = here,
): Child {
  const file = fileURLToPath(new URL(`./children/${script}`, import.meta.url))
  const [program = '', ...first] = command
  const child = spawn(program, [...first, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const messages: unknown[] = []
  const waiting: ((message: unknown) => void)[] = []
  child.on('message', (message) => {
    const next = waiting.shift()
    if (next) next(message)
    else messages.push(message)
  })
  const exited = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
  })
  const printed = exited.then((code) => {
    if (code === 0) return out
    throw new Error(`${script} ended with ${code}: ${err}`)
  })
  printed.catch(() => {})
  closeLater(async () => {
    child.kill('SIGKILL')
    await exited.catch(() => {})
  })
  return {
    process: child,
    printed,
    exited,
    message: () => {
      if (messages.length > 0) return Promise.resolve(messages.shift())
      const next = new Promise<unknown>((resolve) => waiting.push(resolve))
      const ended = printed.then((text) => {
        throw new Error(`${script} ended before its next message; it printed ${text}`)
      })
      return Promise.race([next, ended])
    },
  }
}
