import { createReadStream, ReadStream } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { styleText } from 'node:util'

/** The environment of a command: `process`, or something like it. */
export interface Terminal {
  readonly stdin: Input
  /** For results. */
  readonly stdout: Output
  /** For messages. */
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Emits SIGINT for Ctrl-C. */
  on(event: 'SIGINT', listener: () => void): unknown
  off(event: 'SIGINT', listener: () => void): unknown
}

export type Input = Readable & {
  readonly fd?: number
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

export type Output = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
}

export type ExitStatus = 0 | 1 | 2 | 130

/** One run of the program, as its commands see it. */
export interface Session {
  readonly terminal: Terminal
  readonly signal: AbortSignal
  /** Does what Ctrl-C does, for code that reads the terminal in raw mode. */
  cancel(): void
  /** Sets the exit status, which is 0 by default. */
  exit(status: ExitStatus): void
}

/** An error in the command line; the message names what is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export type Colour = 'green' | 'yellow' | 'red'

export type Paint = (colour: Colour, text: string) => string

/** How to colour messages (https://no-color.org). */
export function paintFor(when: 'auto' | 'always' | 'never', { stderr, env }: Terminal): Paint {
  const wanted = stderr.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  if (when === 'never' || (when === 'auto' && !wanted)) return (_colour, text) => text
  return (colour, text) => styleText(colour, text, { validateStream: false })
}

/**
 * What is on standard input. Node makes an empty stream of anything but a file, a pipe, a socket or
 * a terminal. A disk can be read like a file, and reading a folder fails.
 */
export function contentOn(stdin: Input): Readable {
  const { fd } = stdin
  const isKnown = stdin instanceof ReadStream || stdin instanceof Socket
  return fd === undefined || isKnown ? stdin : createReadStream('', { fd })
}

/**
 * Ignores that the reader of a stream has closed it (`| head`): later writes are dropped. Any other
 * error goes to `failed`. The listener is never removed, because even the last write may fail.
 */
export function dropAfterReader(stream: Writable, failed: (error: Error) => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failed(error)
  })
}

/** Writes, and resolves when the stream has accepted or dropped the chunk. */
export async function written(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (!stream.writable) return
  await new Promise<void>((written) => stream.write(chunk, () => written()))
}
