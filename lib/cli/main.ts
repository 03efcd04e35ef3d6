import { CommanderError } from '@commander-js/extra-typings'
import { UsageError } from './command.ts'
import { messageOf } from './message.ts'
import { createProgram, hint } from './program.ts'
import type { ExitStatus } from './session.ts'
import { dropAfterReader, type Terminal } from './terminal.ts'

/**
 * Runs the program; answers its exit status: 0 done, 1 refused or failed, 2 called wrongly,
 * 130 cancelled with Ctrl-C. It writes to the terminal alone and never ends the process.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const cancelled = new AbortController()
  let status: ExitStatus = 0
  const cancel = (): void => {
    // A second Ctrl-C finds no listener, and ends the process.
    terminal.off('SIGINT', cancel)
    cancelled.abort()
  }
  let lost = false
  const lose = (error: Error): void => {
    lost = true
    terminal.stderr.write(`expect-continue: ${error.message}\n`)
  }
  terminal.on('SIGINT', cancel)
  dropAfterReader(terminal.stdout, lose)
  dropAfterReader(terminal.stderr, () => {})
  const exit = (given: ExitStatus): void => {
    status = given
  }
  try {
    const program = createProgram({ terminal, signal: cancelled.signal, cancel, exit })
    await program.parseAsync([...args], { from: 'user' })
    if (cancelled.signal.aborted) return 130
    return lost && status === 0 ? 1 : status
  } catch (error) {
    return cancelled.signal.aborted ? 130 : tell(error, terminal)
  } finally {
    terminal.off('SIGINT', cancel)
  }
}

/** Says what went wrong, where the parser has not said it yet. */
function tell(error: unknown, { stderr }: Terminal): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  stderr.write(`expect-continue: ${messageOf(error)}\n`)
  if (!(error instanceof UsageError)) return 1
  stderr.write(`${hint}\n`)
  return 2
}
