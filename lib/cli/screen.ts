import { createLogUpdate } from 'log-update'
import type { Progress } from '../index.ts'
import { overallLine, printable, progressLines, type UploadProgress } from './progress-line.ts'
import type { Colour, Output, Paint } from './session.ts'

const interval = 100

export interface Row extends UploadProgress {
  progress: Progress
  remove(): void
}

interface ScreenOptions {
  readonly progress: boolean
  readonly paint: Paint
  /** The sizes of all files; `null` for an unknown one. */
  readonly sizes: readonly (number | null)[]
}

/**
 * Standard error: messages, and below them the progress: a line for each running upload and one for
 * all files together. The cursor is never hidden, so there is nothing to restore after Ctrl-C.
 */
export class Screen {
  readonly #stream: Output
  readonly #options: ScreenOptions
  readonly #draw: ReturnType<typeof createLogUpdate> | null
  readonly #rows = new Set<Row>()
  #begun = 0
  /** Finished files, bytes sent for them, and bytes of all files. */
  #done = 0
  #sent = 0
  #total: number | null
  #timer: NodeJS.Timeout | null = null
  #aside = 0

  constructor(stream: Output, options: ScreenOptions) {
    this.#stream = stream
    this.#options = options
    this.#draw = options.progress ? createLogUpdate(stream, { showCursor: true }) : null
    const { sizes } = options
    this.#total = sizes.includes(null)
      ? null
      : sizes.reduce((sum: number, size) => sum + (size ?? 0), 0)
  }

  add(name: string, size: number | null): Row {
    const row: Row = {
      name,
      progress: { phase: 'connecting', sent: 0, total: null, rate: 0 },
      remove: () => {
        if (!this.#rows.delete(row)) return
        this.#done += 1
        const { sent } = row.progress
        this.#sent += sent
        // Bytes that were refused or skipped no longer count.
        if (this.#total !== null) this.#total -= (size ?? 0) - sent
        if (this.#rows.size > 0) return
        if (this.#timer !== null) clearInterval(this.#timer)
        this.#timer = null
        this.#draw?.clear()
      },
    }
    this.#rows.add(row)
    if (this.#draw !== null && this.#timer === null) {
      this.#begun ||= performance.now()
      this.#timer = setInterval(() => this.#render(), interval)
    }
    return row
  }

  /** Writes a message, with control characters replaced, because it may quote a server. A part may be coloured. */
  say(text: string, painted = '', colour: Colour = 'red', rest = ''): void {
    this.#draw?.clear()
    const middle = painted === '' ? '' : this.#options.paint(colour, printable(painted))
    this.#stream.write(`${printable(text)}${middle}${printable(rest)}\n`)
    this.#render()
  }

  /** Ends the line on which the terminal shows ^C. Progress would take that line away. */
  endLine(): void {
    if (this.#draw === null && this.#stream.isTTY) this.#stream.write('\n')
  }

  /** Hides the progress while something else is written to the terminal. */
  async aside(write: () => Promise<void>): Promise<void> {
    this.#aside += 1
    this.#draw?.clear()
    try {
      await write()
    } finally {
      this.#aside -= 1
      this.#render()
    }
  }

  #render(): void {
    if (this.#draw === null || this.#aside > 0 || this.#rows.size === 0) return
    const columns = this.#stream.columns ?? 80
    const rows = [...this.#rows]
    const lines = progressLines(rows, columns)
    const files = this.#options.sizes.length
    if (files > 1) {
      const sent = rows.reduce((sum, { progress }) => sum + progress.sent, this.#sent)
      const rate = sent / ((performance.now() - this.#begun) / 1000)
      lines.push(overallLine({ done: this.#done, files, sent, total: this.#total, rate }, columns))
    }
    this.#draw(lines.join('\n'))
  }
}
