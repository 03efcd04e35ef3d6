import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Tally } from './tally.ts'

/** What the origin received, and its processor time so far. */
export interface OriginReport {
  readonly tally: Tally
  readonly cpuSeconds: number
}

/** The origin's process. */
export class Receiver {
  readonly url: string
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(): Promise<Receiver> {
    const child = fork(new URL('./origin.ts', import.meta.url))
    const [port] = (await once(child, 'message')) as [number]
    return new Receiver(child, port)
  }

  /** What it received since it was asked last. */
  async report(): Promise<OriginReport> {
    const answered = once(this.#process, 'message')
    this.#process.send('report')
    const [report] = (await answered) as [OriginReport]
    return report
  }

  stop(): void {
    if (this.#process.connected) this.#process.disconnect()
  }
}
