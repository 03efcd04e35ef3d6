import type { Command } from '@commander-js/extra-typings'
import type { Session } from './session.ts'

/**
 * Adds a command to the program: `program.command('name')…action(…)`. Its action works on the
 * session's terminal alone and rejects with what went wrong: a {@link UsageError} where it was
 * called wrongly.
 */
export type AddCommand = (program: Command, session: Session) => void

/** The command line makes no sense; the message says what is wrong with what. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
