import type { Readable, Writable } from 'node:stream'
import { styleText } from 'node:util'

/** What a command is run on: `process`, or something like it. */
export interface Terminal {
  readonly stdin: Input
  /** Where results go. */
  readonly stdout: Output
  /** Where messages go. */
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Told of Ctrl-C. */
  on(event: 'SIGINT', listener: () => void): unknown
  off(event: 'SIGINT', listener: () => void): unknown
}

/** A stream to read from, which may be a keyboard. */
export type Input = Readable & {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

/** A stream to write to, which may be a screen. */
export type Output = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** How a command ended: done, refused or failed, called wrongly, or cancelled with Ctrl-C. */
export type ExitStatus = 0 | 1 | 2 | 130

/** One run of the program, as its commands see it. */
export interface Session {
  readonly terminal: Terminal
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** What Ctrl-C does, for code that reads the keyboard itself. */
  cancel(): void
  /** Says how the command ended. Without it, a command that returns is done (0). */
  exit(status: ExitStatus): void
}

/** The command line makes no sense; the message says what is wrong with what. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The colours in use. */
export type Colour = 'green' | 'yellow' | 'red'

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string

/** How to colour messages (https://no-color.org). */
export function paintFor(when: 'auto' | 'always' | 'never', { stderr, env }: Terminal): Paint {
  const wanted = stderr.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  if (when === 'never' || (when === 'auto' && !wanted)) return (_colour, text) => text
  return (colour, text) => styleText(colour, text, { validateStream: false })
}

/**
 * Lets the reader of a stream go away (`| head`): later writes are dropped. Any other error of
 * the stream goes to `failed`. The listener stays, because the last write may fail at the very end.
 */
export function dropAfterReader(stream: Writable, failed: (error: Error) => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failed(error)
  })
}

/** Writes, and resolves when the stream took it, or never will. */
export async function written(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (!stream.writable) return
  await new Promise<void>((taken) => stream.write(chunk, () => taken()))
}
