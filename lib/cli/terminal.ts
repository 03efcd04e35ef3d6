import type { Readable, Writable } from 'node:stream'

/** What a command is run on: `process`, or something like it. */
export interface Terminal {
  readonly stdin: Input
  /** Where results go. */
  readonly stdout: Output
  /** Where talk goes. */
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

/**
 * Lets the reader of a stream go away (`| head`): what is written from then on is dropped. Any
 * other error of the stream goes to `failed`. This has no end, since the last write may fail when
 * all else is done.
 */
export function dropAfterReader(stream: Writable, failed: (error: Error) => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failed(error)
  })
}

/** Writes, and resolves when that was taken, or will never be. */
export async function written(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (!stream.writable) return
  await new Promise<void>((taken) => stream.write(chunk, () => taken()))
}
