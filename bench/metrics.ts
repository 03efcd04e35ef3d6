import type { CandidateName } from './job.ts'

/** One measurement, with the numbers of the origin. */
export interface Sample {
  readonly seconds: number
  readonly cpuSeconds: number | null
  readonly peakBytes: number | null
  /** Content bytes that reached the origin, per upload. */
  readonly contentBytes: number
  /** For each upload to a silent origin, milliseconds from its head to its content. */
  readonly waits: readonly number[]
  /** Processor time of the origin while the process ran; `null` where it includes other phases. */
  readonly originCpuSeconds: number | null
}

/** Whether the code of the process is not compiled yet, or has run for thousands of uploads. */
export type Condition = 'first' | 'compiled'

/** One row: the samples of each candidate, one per round. */
export interface Result {
  readonly name: string
  readonly condition: Condition
  /** Content bytes of all uploads. */
  readonly bytes: number
  readonly uploads: number
  readonly parallel: number
  readonly samples: Readonly<Partial<Record<CandidateName, readonly Sample[]>>>
}

export interface SectionResult {
  readonly name: string
  readonly results: readonly Result[]
}

interface Metric {
  readonly title: string
  readonly digits: number
  /** @returns `null` where it was not measured. */
  of(sample: Sample, result: Result): number | null
}

const scaled = (number: number | null, by: number): number | null =>
  number === null ? null : number / by

export const metrics = {
  rate: { title: 'MB/s', digits: 0, of: ({ seconds }, { bytes }) => bytes / 1e6 / seconds },
  time: {
    title: 'ms per upload',
    digits: 3,
    of: ({ seconds }, { uploads }) => (seconds * 1e3) / uploads,
  },
  requests: {
    title: 'uploads per second',
    digits: 0,
    of: ({ seconds }, { uploads }) => uploads / seconds,
  },
  cpu: {
    title: 'CPU s per GiB',
    digits: 2,
    of: ({ cpuSeconds }, { bytes }) => scaled(cpuSeconds, bytes / 2 ** 30),
  },
  cpuEach: {
    title: 'CPU µs per upload',
    digits: 0,
    of: ({ cpuSeconds }, { uploads }) => scaled(cpuSeconds, uploads / 1e6),
  },
  peak: { title: 'MB above idle', digits: 1, of: ({ peakBytes }) => scaled(peakBytes, 1e6) },
  peakEach: {
    title: 'KB above idle per upload at a time',
    digits: 0,
    of: ({ peakBytes }, { parallel }) => scaled(peakBytes, parallel * 1e3),
  },
  content: {
    title: 'MB of content on the wire per upload',
    digits: 2,
    of: ({ contentBytes }) => contentBytes / 1e6,
  },
  firstWait: {
    title: 'ms before the first content',
    digits: 1,
    of: ({ waits }) => waits[0] ?? null,
  },
  laterWait: {
    title: 'ms before later content',
    digits: 1,
    of: ({ waits }) => (waits.length > 1 ? median(waits.slice(1)) : null),
  },
  origin: {
    title: 'share of the time that the origin was busy',
    digits: 2,
    of: ({ originCpuSeconds, seconds }) => scaled(originCpuSeconds, seconds),
  },
  client: {
    title: 'share of the time that the client was busy',
    digits: 2,
    of: ({ cpuSeconds, seconds }) => scaled(cpuSeconds, seconds),
  },
  importTime: { title: 'ms', digits: 1, of: ({ seconds }) => seconds * 1e3 },
  importMemory: { title: 'MB', digits: 1, of: ({ peakBytes }) => scaled(peakBytes, 1e6) },
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof metrics

/** The numbers of a metric, one per round; `null` unless all rounds have one. */
export function numbersOf(
  name: MetricName,
  candidate: CandidateName,
  result: Result,
): number[] | null {
  const metric: Metric = metrics[name]
  const numbers = result.samples[candidate]?.map((sample) => metric.of(sample, result))
  const known = numbers?.filter((number) => number !== null)
  return known !== undefined && known.length > 0 && known.length === numbers?.length ? known : null
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The middle number, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new RangeError('No numbers have no median')
  const sorted = numbers.toSorted((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  const lower = Math.ceil(sorted.length / 2) - 1
  return ((sorted[lower] as number) + (sorted[upper] as number)) / 2
}

export function spreadOf(numbers: readonly number[]): Spread {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) }
}

/**
 * Compares two candidates that were measured in turn. The ratio is computed per round, so that a machine that slows
 * down for a while affects both.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length) {
    throw new RangeError(`${ours.length} rounds cannot be paired with ${theirs.length}`)
  }
  return spreadOf(ours.map((number, round) => number / (theirs[round] as number)))
}
