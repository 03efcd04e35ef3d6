import type { Finding } from './ledger.ts'

const events = ['uncaughtException', 'unhandledRejection', 'warning'] as const

/** Collects unhandled errors and warnings. Each is a fault. */
export class UnhandledErrors {
  readonly findings: Finding[] = []
  readonly #note = (error: unknown): void => {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.findings.push({ breach: 'leaked', upload: null, text: `unhandled: ${what}` })
  }

  start(): void {
    for (const event of events) process.on(event as 'warning', this.#note)
  }

  stop(): void {
    for (const event of events) process.off(event as 'warning', this.#note)
  }
}
