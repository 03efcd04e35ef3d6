import { readFileSync } from 'node:fs'
import { Command, CommanderError } from '@commander-js/extra-typings'
import { completion } from './completion.ts'
import { layout, notesText } from './help.ts'
import { messageOf } from './message.ts'
import { probe } from './probe.ts'
import { put } from './put.ts'
import { serve } from './serve.ts'
import {
  dropAfterReader,
  type ExitStatus,
  type Session,
  type Terminal,
  UsageError,
} from './session.ts'

/**
 * Runs the program; returns its exit status: 0 done, 1 refused or failed, 2 called wrongly,
 * 130 cancelled with Ctrl-C. It writes only to the given terminal and never ends the process.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const cancelled = new AbortController()
  const { signal } = cancelled
  let status: ExitStatus = 0
  let lost = false
  const cancel = (): void => {
    // After the first Ctrl-C there is no listener, so a second one ends the process.
    terminal.off('SIGINT', cancel)
    cancelled.abort()
  }
  const exit = (given: ExitStatus): void => {
    status = given
  }
  terminal.on('SIGINT', cancel)
  dropAfterReader(terminal.stdout, (error) => {
    // Each write may fail, and one message is enough.
    if (!lost) complain(error, terminal)
    lost = true
  })
  dropAfterReader(terminal.stderr, () => {})
  try {
    const program = createProgram({ terminal, signal, cancel, exit })
    await program.parseAsync([...args], { from: 'user' })
    if (signal.aborted) return 130
    return lost && status === 0 ? 1 : status
  } catch (error) {
    return signal.aborted ? 130 : complain(error, terminal, args[0])
  } finally {
    terminal.off('SIGINT', cancel)
  }
}

/** Prints the error, unless the parser has printed it. */
function complain(error: unknown, { stderr }: Terminal, command?: string): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  stderr.write(`expect-continue: ${messageOf(error)}\n`)
  if (!(error instanceof UsageError)) return 1
  stderr.write(`${hintFor(command)}\n`)
  return 2
}

function hintFor(command?: string): string {
  return `Try '${['expect-continue', command, '--help'].filter(Boolean).join(' ')}'.`
}

/** The program with all its commands, from which `--help`, the manual and the completions are made. */
export function createProgram(session: Session): Command {
  const { stdout, stderr } = session.terminal
  const program = new Command('expect-continue')
    .description('Uploads over HTTP that ask the server before they send the body.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .showHelpAfterError(hintFor())
    .configureHelp(layout)
    .addHelpText('afterAll', ({ error }) => (error ? '' : notesText(stdout.columns ?? 80)))
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'expect-continue: ')),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
  for (const add of [put, probe, serve, completion]) add(program, session)
  for (const command of program.commands) command.showHelpAfterError(hintFor(command.name()))
  return program
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
