import { CommanderError } from '@commander-js/extra-typings'
import { UsageError } from './command.ts'
import { createProgram } from './program.ts'
import type { ExitStatus } from './session.ts'
import { dropAfterReader, type Terminal } from './terminal.ts'

/**
 * Runs the program; answers its exit status: 0 done, 1 refused or failed, 2 called wrongly,
 * 130 cancelled with Ctrl-C. It writes to the terminal alone and never ends the process.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const cancelled = new AbortController()
  let status: ExitStatus = 0
  const interrupt = (): void => {
    // A second Ctrl-C finds no listener, and ends the process.
    terminal.off('SIGINT', interrupt)
    cancelled.abort()
  }
  const fail = (): void => {
    status = 1
  }
  terminal.on('SIGINT', interrupt)
  for (const stream of [terminal.stdout, terminal.stderr]) dropAfterReader(stream, fail)
  const exit = (given: ExitStatus): void => {
    status = given
  }
  try {
    const program = createProgram({ terminal, signal: cancelled.signal, exit })
    await program.parseAsync([...args], { from: 'user' })
    return cancelled.signal.aborted ? 130 : status
  } catch (error) {
    return cancelled.signal.aborted ? 130 : tell(error, terminal)
  } finally {
    terminal.off('SIGINT', interrupt)
  }
}

/** Says what went wrong, where nobody has said it yet. */
function tell(error: unknown, { stderr }: Terminal): ExitStatus {
  // These are written by the parser itself: help, the version, and what it cannot make sense of.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  stderr.write(`expect-continue: ${error instanceof Error ? error.message : String(error)}\n`)
  return error instanceof UsageError ? 2 : 1
}
