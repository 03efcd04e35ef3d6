import type { Finding } from './ledger.ts'

const events = ['uncaughtException', 'unhandledRejection', 'warning'] as const

/** Notes what nobody handled, which is a fault wherever it comes from. */
export class Strays {
  readonly findings: Finding[] = []
  readonly #note = (error: unknown): void => {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.findings.push({ breach: 'leaked', upload: null, text: `nobody handled: ${what}` })
  }

  /** Begins to listen. */
  start(): void {
    for (const event of events) process.on(event as 'warning', this.#note)
  }

  /** Listens no more. */
  stop(): void {
    for (const event of events) process.off(event as 'warning', this.#note)
  }
}
