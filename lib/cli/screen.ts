import { createLogUpdate } from 'log-update'
import type { Progress } from '../index.ts'
import { progressLines, shown, type UnderWay } from './progress-line.ts'
import type { Output } from './terminal.ts'

const interval = 100

/** One upload on the screen. */
export interface Row {
  show(progress: Progress): void
  remove(): void
}

/**
 * Standard error: lines of talk, and where it is a screen, below them a line for each upload
 * that is under way. The cursor is never hidden, so there is nothing to restore after Ctrl-C.
 */
export class Screen {
  readonly #stream: Output
  readonly #draw: ReturnType<typeof createLogUpdate> | null
  readonly #rows = new Set<{ name: string; progress: Progress }>()
  #timer: NodeJS.Timeout | null = null
  #aside = 0

  /** @param bars whether progress is shown, if that stream is a screen. */
  constructor(stream: Output, bars: boolean) {
    this.#stream = stream
    const drawn = bars && stream.isTTY === true
    this.#draw = drawn ? createLogUpdate(stream, { showCursor: true }) : null
  }

  /** Begins a line for an upload. */
  add(name: string): Row {
    const progress: Progress = { phase: 'connecting', sent: 0, total: null, rate: 0 }
    const row = { name, progress }
    this.#rows.add(row)
    this.#timer ??= this.#draw && setInterval(() => this.#render(), interval)
    return {
      show: (next) => {
        row.progress = next
      },
      remove: () => {
        this.#rows.delete(row)
        if (this.#rows.size === 0) this.#stop()
      },
    }
  }

  /** Writes a line of talk, which may hold what origins said. */
  say(line: string): void {
    this.#draw?.clear()
    this.#stream.write(`${shown(line)}\n`)
    this.#render()
  }

  /** Keeps the screen free of progress while something else is written to it. */
  async aside(write: () => Promise<void>): Promise<void> {
    this.#aside += 1
    this.#draw?.clear()
    try {
      await write()
    } finally {
      this.#aside -= 1
    }
  }

  #render(): void {
    if (this.#draw === null || this.#aside > 0 || this.#rows.size === 0) return
    const rows: readonly UnderWay[] = [...this.#rows]
    this.#draw(progressLines(rows, this.#stream.columns ?? 80).join('\n'))
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#draw?.clear()
  }
}
