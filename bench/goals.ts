import type { CandidateName } from './candidates.ts'
import type { Goal } from './goal.ts'
import { metrics } from './metrics.ts'

const both: readonly CandidateName[] = ['upload', 'dispatcher']

const throughput = (
  per: CandidateName,
  atLeast: number,
  names: readonly string[],
  ours: readonly CandidateName[] = both,
): Goal[] =>
  names.map((name) => ({
    what: `accepted, ${name}: throughput`,
    section: 'accepted',
    in: name,
    metric: 'rate',
    per,
    limit: { atLeast },
    ours,
  }))

const large = ['64 MiB × 8, buffer', '64 MiB × 8, generator', '1 GiB, buffer', '1 GiB, generator']
const small = ['1 MiB × 300 at 4 at a time, buffer', '1 MiB × 300 at 4 at a time, generator']

/** Where a number is to stay within a few hundredths, processor time says more than the clock. */
const near = (
  goal: Pick<Goal, 'what' | 'section' | 'in' | 'per' | 'ours'>,
  metric: 'requests' | 'rate',
  within: number,
): Goal[] => [
  {
    ...goal,
    what: `${goal.what}: ${metrics[metric].title}`,
    metric,
    limit: { atLeast: 1 - within },
  },
  {
    ...goal,
    what: `${goal.what}: ${metrics.cpuEach.title}`,
    metric: 'cpuEach',
    limit: { atMost: 1 + within },
  },
]

const posts = (name: string, ours: CandidateName, per: CandidateName, within: number): Goal[] =>
  near(
    { what: `below the threshold, ${name}`, section: 'below', in: name, per, ours: [ours] },
    'requests',
    within,
  )

const idle = (name: string): Goal[] =>
  near(
    { what: `idle gate, ${name}`, section: 'idle', in: name, per: 'undici', ours: ['never'] },
    'rate',
    0.02,
  )

const refused = (name: string): Goal[] => {
  const goal = { what: `refused, ${name}`, section: 'refused', in: name, ours: both }
  return [
    {
      ...goal,
      what: `${goal.what}: ${metrics.contentBytes.title}`,
      metric: 'contentBytes',
      limit: { atMost: 0 },
      digits: 0,
    },
    { ...goal, what: `${goal.what}: time`, metric: 'time', per: 'http', limit: { atMost: 1.1 } },
  ]
}

const replayed = (name: string): Goal[] => {
  const goal = { section: 'replayed', in: name, ours: both }
  return [
    { ...goal, what: `${name}: time`, metric: 'time', per: 'http', limit: { atMost: 1 } },
    { ...goal, what: `${name}: ${metrics.copies.title}`, metric: 'copies', limit: { atMost: 1 } },
  ]
}

const grown = (name: string): Goal => ({
  what: `${name}: time per upload`,
  section: 'growth',
  in: name,
  metric: 'time',
  per: 'undici',
  limit: { atMost: 1.1 },
  ours: both,
})

const peak = (size: string): Goal => ({
  what: `${size}: ${metrics.peak.title}`,
  section: 'cost',
  in: `${size}, generator`,
  metric: 'peak',
  limit: { atMost: 32 },
  digits: 1,
  ours: ['upload'],
})

/** What is to be reached. */
export const goals: readonly Goal[] = [
  ...throughput('undici', 1, large),
  ...throughput('http', 1.1, large),
  ...throughput('undici', 3, ['64 MiB × 8, file'], ['upload']),
  ...throughput('curl', 1, ['64 MiB × 8, file'], ['upload']),
  ...throughput('curl', 0.9, ['1 GiB, file'], ['upload']),
  ...throughput('raw', 0.9, ['64 MiB × 8, generator']),
  ...throughput('raw', 0.8, small),
  ...throughput('http', 1.15, small),
  ...throughput('undici', 0.9, ['1 MiB × 300 at 4 at a time, buffer']),
  ...posts('1 KiB × 10000 at 16 at a time, request', 'dispatcher', 'undici', 0.02),
  ...posts('64 KiB × 6000 at 16 at a time, request', 'dispatcher', 'undici', 0.02),
  ...posts('1 KiB × 5000 at 16 at a time, fetch', 'fetch', 'undici-fetch', 0.05),
  ...posts('64 KiB × 4000 at 16 at a time, fetch', 'fetch', 'undici-fetch', 0.05),
  ...idle('1 MiB × 500 at 4 at a time, buffer'),
  ...idle('1 MiB × 500 at 4 at a time, generator'),
  ...['413', '401'].flatMap((status) =>
    ['buffer', 'generator'].flatMap((kind) => refused(`${status} to 100 MiB × 100, ${kind}`)),
  ),
  ...['buffer', 'generator'].flatMap((kind) => replayed(`417, then 64 MiB × 8, ${kind}`)),
  {
    what: 'silent origin, second and later uploads: ms of extra wait',
    section: 'silent',
    in: 'ten uploads of 1 MiB, one after another',
    metric: 'laterWait',
    less: 'undici',
    limit: { atMost: 0 },
    digits: 0,
    ours: both,
  },
  ...['16 MiB', '64 MiB', '256 MiB', '1 GiB', '4 GiB'].map(peak),
  {
    ...grown('100 at a time, 1 MiB × 500, buffer'),
    what: '100 at a time, 1 MiB × 500, buffer: memory per upload',
    metric: 'peakEach',
  },
  grown('1 at a time, 1 MiB × 300, buffer'),
  grown('10 at a time, 1 MiB × 500, buffer'),
  grown('100 at a time, 1 MiB × 500, buffer'),
  grown('1,000 at a time, 1 MiB × 1000, buffer'),
]
