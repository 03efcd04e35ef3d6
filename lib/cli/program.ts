import { readFileSync } from 'node:fs'
import { Command } from '@commander-js/extra-typings'
import type { AddCommand } from './command.ts'
import { completion } from './completion.ts'
import { notesText } from './notes.ts'
import { probe } from './probe.ts'
import { put } from './put.ts'
import { serve } from './serve.ts'
import type { Session } from './session.ts'

const commands: readonly AddCommand[] = [put, probe, serve, completion]

/** What is said after a complaint. */
export const hint = "Try 'expect-continue --help', or the same with the name of a command."

/** The program with all its commands; `--help`, the manual and the completions are made from it. */
export function createProgram(session: Session): Command {
  const { stdout, stderr } = session.terminal
  const program = new Command('expect-continue')
    .description('Uploads over HTTP that ask before they send.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError(hint)
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
  for (const add of commands) add(program, session)
  return program
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return version
}
