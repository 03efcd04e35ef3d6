import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Received, Tally } from './connection.ts'
import { runCurl } from './curl.ts'
import type { Files } from './files.ts'
import type { CandidateName, Job, Measurement, Phase } from './job.ts'
import type { Result, Sample } from './metrics.ts'
import type { Case, Row } from './section.ts'
import { importName } from './sections.ts'

/** What the origin received, and its processor time so far. */
interface OriginReport {
  readonly tally: Tally
  readonly cpuSeconds: number
}

/** The process of the origin. */
export class Origin {
  readonly url: string
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(): Promise<Origin> {
    const child = fork(new URL('./origin.ts', import.meta.url))
    const [port] = (await once(child, 'message')) as [number]
    return new Origin(child, port)
  }

  /** What it received since the last call. */
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

export interface Grounds {
  readonly origin: Origin
  readonly files: Files
}

/** Measures the candidates of a case in turn, A B C, A B C …, each time in a new process. */
export async function measureCase(made: Case, rounds: number, grounds: Grounds): Promise<Result[]> {
  const samples = new Map<Row, Partial<Record<CandidateName, Sample[]>>>()
  for (let round = 0; round < rounds; round++) {
    for (const candidate of made.candidates) {
      for (const [row, sample] of await samplesOf(made, candidate, grounds)) {
        const before = samples.get(row) ?? {}
        samples.set(row, { ...before, [candidate]: [...(before[candidate] ?? []), sample] })
      }
    }
  }
  return [...samples].map(([{ name = '', condition = 'first', ...row }, values]) => {
    const { uploads, parallel = 1, size } = row
    return { name, condition, uploads, parallel, bytes: uploads * size, samples: values }
  })
}

async function samplesOf(
  made: Case,
  candidate: CandidateName,
  { origin, files }: Grounds,
): Promise<[Row, Sample][]> {
  const job = jobOf(made, candidate, `${origin.url}/${made.play}`, files)
  const before = await origin.report()
  const measurements = candidate === 'curl' ? await runCurl(job) : await inProcess('child', job)
  const { tally, cpuSeconds } = await origin.report()
  const only = made.rows.length === 1
  const measured = made.rows
    .map((row, number) => [row, number] as const)
    .filter(([row]) => row.name)
  return measured.map(([row, number], at) => {
    const received = tally[`/${made.play}/${number}`]
    return [
      row,
      {
        ...timed(measurements[at] as Measurement, received),
        contentBytes: checkedBytes(made, row, candidate, received),
        waits: made.play === 'silent' ? (received?.waits ?? []) : [],
        originCpuSeconds: only ? cpuSeconds - before.cpuSeconds : null,
      },
    ]
  })
}

/** Uses the time of the origin where a program cannot measure the whole time. */
function timed(
  { seconds, ...rest }: Measurement,
  received: Received | undefined,
): Measurement & { seconds: number } {
  const span = received === undefined ? 0 : received.lastAt - received.firstAt
  return { ...rest, seconds: seconds ?? span / 1e3 }
}

/** Content bytes per upload. Throws unless each upload arrived complete, exactly once. */
function checkedBytes(
  { complete = true }: Case,
  { name, size, uploads }: Row,
  candidate: CandidateName,
  received: Received | undefined,
): number {
  const bytes = (received?.contentBytes ?? 0) / uploads
  if (!complete || bytes === size) return bytes
  throw new Error(`${candidate}, ${name}: ${bytes} bytes came per upload, not ${size}`)
}

function jobOf(made: Case, candidate: CandidateName, url: string, files: Files): Job {
  const { method = 'PUT', kind, status = 201, memory = true } = made
  const phases = made.rows.map(({ name, size, uploads, parallel = 1 }): Phase => {
    return { size, uploads, parallel, isMeasured: name !== undefined }
  })
  const paths = kind === 'file' ? phases.map(({ size }) => [size, files.path(size)]) : []
  return {
    candidate,
    url,
    method,
    kind,
    phases,
    files: Object.fromEntries(paths),
    status,
    memory,
  }
}

/** Measures the import of this package without undici. */
export async function measureImport(rounds: number): Promise<Result> {
  const samples: Record<'undici' | 'upload', Sample[]> = { undici: [], upload: [] }
  const nothing = { contentBytes: 0, waits: [], originCpuSeconds: null }
  for (let round = 0; round < rounds; round++) {
    const [theirs, ours] = await inProcess('import-child')
    samples.undici.push({ ...timed(theirs as Measurement, undefined), ...nothing })
    samples.upload.push({ ...timed(ours as Measurement, undefined), ...nothing })
  }
  return { name: importName, condition: 'first', uploads: 1, parallel: 1, bytes: 0, samples }
}

/**
 * Runs a script in a process of its own.
 *
 * @returns the measurements that it sent.
 * @throws Error with its output, when it failed or took too long.
 */
function inProcess(script: string, job?: Job): Promise<Measurement[]> {
  const child = fork(
    new URL(`./${script}.ts`, import.meta.url),
    job === undefined ? [] : [JSON.stringify(job)],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], timeout: 180_000, killSignal: 'SIGKILL' },
  )
  const told: Measurement[] = []
  let printed = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    printed += bytes.toString()
  })
  child.on('message', (measurement: Measurement) => told.push(measurement))
  // The child is done; closing its connections one by one would take time.
  child.on('disconnect', () => child.kill('SIGKILL'))
  const expected = job?.phases.filter(({ isMeasured }) => isMeasured).length ?? 2
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (told.length === expected) resolve(told)
      else reject(new Error(`${job?.candidate ?? script} ended with ${code ?? signal}: ${printed}`))
    })
  })
}
