import { readFileSync, writeFileSync } from 'node:fs'
import { clientOf } from './clients.ts'
import { Content } from './content.ts'
import type { Job, Measurement, Phase } from './job.ts'

/** Runs the phases of one job in a process of its own, and reports each measured phase to the parent. */
const job: Job = JSON.parse(process.argv[2] ?? '')
const { kind, phases, files, status: expected } = job
async function measured(phase: Phase, upload: () => Promise<number>): Promise<Measurement> {
  const resident = new Resident()
  const cpu = process.cpuUsage()
  const begun = process.hrtime.bigint()
  await run(phase, upload)
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  return { seconds, cpuSeconds: (user + system) / 1e6, peakBytes: resident.peak }
}

async function run({ uploads, parallel }: Phase, upload: () => Promise<number>): Promise<void> {
  let left = uploads
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const status = await upload()
      if (status !== expected) throw new Error(`The origin answered ${status}, not ${expected}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, uploads) }, work))
}

/** The resident size of this process, on systems with /proc. */
class Resident {
  readonly #before: number | null

  constructor() {
    this.#before = Resident.#reset()
  }

  /** How far the resident size rose above its size at the start, in bytes. */
  get peak(): number | null {
    return this.#before === null ? null : Resident.#sizeOf('VmHWM') - this.#before
  }

  static #reset(): number | null {
    try {
      // "5" resets the peak: see proc(5), clear_refs.
      writeFileSync('/proc/self/clear_refs', '5')
      return Resident.#sizeOf('VmRSS')
    } catch {
      return null
    }
  }

  static #sizeOf(field: string): number {
    const text = readFileSync('/proc/self/status', 'latin1')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024
  }
}

const send = await clientOf(job)
const contents = new Map(phases.map(({ size }) => [size, new Content(kind, size, files[size])]))

for (const [number, phase] of phases.entries()) {
  const url = new URL(`${job.url}/${number}`)
  const upload = (): Promise<number> => send(url, contents.get(phase.size) as Content)
  if (phase.isMeasured) process.send?.(await measured(phase, upload))
  else await run(phase, upload)
}
process.disconnect?.()
