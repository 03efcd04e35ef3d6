import { EventEmitter } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { main } from '../../lib/cli/main.ts'
import type { Input, Terminal } from '../../lib/cli/session.ts'

/** Everything is a pipe by default. */
export interface TerminalOptions {
  readonly stdin?: string | Input
  readonly env?: Terminal['env']
  /** The width of the terminal at standard error; without it, standard error is a pipe. */
  readonly columns?: number
}

/** A terminal of streams, and what was written to it. */
export class FakeTerminal extends EventEmitter implements Terminal {
  readonly stdin: Input
  readonly stdout: Sink = new Sink()
  readonly stderr: Sink
  readonly env: Terminal['env']

  constructor({ stdin = '', env = {}, columns }: TerminalOptions = {}) {
    super()
    this.stdin = typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin
    this.env = env
    this.stderr = new Sink(columns)
  }

  get out(): string {
    return this.stdout.text
  }

  get err(): string {
    return this.stderr.text
  }
}

/** A stream that keeps what is written to it. */
export class Sink extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns?: number

  constructor(columns?: number) {
    super({ decodeStrings: true })
    this.isTTY = columns !== undefined
    if (columns !== undefined) this.columns = columns
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    this.emit('text')
    done()
  }

  /** Resolves when the text matches. */
  until(wanted: RegExp): Promise<void> {
    return new Promise((seen) => {
      const look = (): void => {
        if (!wanted.test(this.text)) return
        this.off('text', look)
        seen()
      }
      this.on('text', look)
      look()
    })
  }
}

/** Standard input of a terminal; what is written to it is typed. */
export class Keyboard extends PassThrough {
  readonly isTTY = true
  /** Whether typed keys are echoed. */
  echoes = true

  setRawMode(raw: boolean): this {
    this.echoes = !raw
    return this
  }
}

export interface Run {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** Runs the command with a terminal of its own. */
export async function run(args: readonly string[], options: TerminalOptions = {}): Promise<Run> {
  const terminal = new FakeTerminal(options)
  const status = await main(args, terminal)
  return { status, out: terminal.out, err: terminal.err }
}
