import type { Terminal } from './terminal.ts'

/** How a command ended: done, refused or failed, called wrongly, or cancelled with Ctrl-C. */
export type ExitStatus = 0 | 1 | 2 | 130

/** One run of the program, as its commands see it. */
export interface Session {
  readonly terminal: Terminal
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** What Ctrl-C does, for who reads the keyboard by itself. */
  cancel(): void
  /** Says how the command ended. Without it, a command that returns is done (0). */
  exit(status: ExitStatus): void
}
