import type { CaseResult, Sample } from './result.ts'
import { median } from './statistics.ts'

/** Something that can be said of a measurement. */
export interface Metric {
  readonly title: string
  readonly digits: number
  /** @returns `null` where it was not measured. */
  of(sample: Sample, result: CaseResult): number | null
}

const perGibibyte = (seconds: number, bytes: number): number => (seconds * 2 ** 30) / bytes
const scaled = (number: number | null, by: number): number | null =>
  number === null ? null : number / by

/** All metrics, by name. */
export const metrics = {
  rate: {
    title: 'MB/s',
    digits: 0,
    of: ({ seconds }, { bytes }) => bytes / 1e6 / seconds,
  },
  time: {
    title: 'ms per upload',
    digits: 2,
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
    of: ({ cpuSeconds }, { bytes }) => cpuSeconds && perGibibyte(cpuSeconds, bytes),
  },
  cpuEach: {
    title: 'CPU µs per upload',
    digits: 0,
    of: ({ cpuSeconds }, { uploads }) => scaled(cpuSeconds, uploads / 1e6),
  },
  peak: {
    title: 'MB above idle',
    digits: 1,
    of: ({ peakBytes }) => scaled(peakBytes, 1e6),
  },
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
  contentBytes: {
    title: 'bytes of content on the wire per upload',
    digits: 0,
    of: ({ contentBytes }) => contentBytes,
  },
  copies: {
    title: 'times the content went out',
    digits: 2,
    of: ({ contentBytes }, { uploads, bytes }) => (contentBytes * uploads) / bytes,
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
    of: ({ originCpuSeconds, seconds }) => originCpuSeconds / seconds,
  },
  client: {
    title: 'share of the time that the client was busy',
    digits: 2,
    of: ({ cpuSeconds, seconds }) => cpuSeconds && cpuSeconds / seconds,
  },
} as const satisfies Record<string, Metric>

/** What can be said of a measurement. */
export type MetricName = keyof typeof metrics

/** A metric's numbers, one a round; `null` unless all rounds have one. */
export function numbersOf(
  name: MetricName,
  samples: readonly Sample[] | undefined,
  result: CaseResult,
): number[] | null {
  const metric: Metric = metrics[name]
  const numbers = samples?.map((sample) => metric.of(sample, result))
  const known = numbers?.filter((number) => number !== null)
  return known !== undefined && known.length > 0 && known.length === numbers?.length ? known : null
}
