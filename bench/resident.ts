import { readFileSync, writeFileSync } from 'node:fs'

/** The resident size of this process, where the system tells. */
export class Resident {
  #before: number | null = null

  /** Forgets the highest size so far. */
  start(): void {
    try {
      // "5" resets the peak: see proc(5), clear_refs.
      writeFileSync('/proc/self/clear_refs', '5')
      this.#before = sizeOf('VmRSS')
    } catch {
      this.#before = null
    }
  }

  /** Bytes that the highest size since the start lay above the size then. */
  get peak(): number | null {
    return this.#before === null ? null : sizeOf('VmHWM') - this.#before
  }
}

function sizeOf(field: string): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync('/proc/self/status', 'latin1'),
  )
  if (line === null) throw new Error(`/proc/self/status tells no ${field}`)
  return Number(line[1]) * 1024
}
