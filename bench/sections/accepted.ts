import type { CandidateName } from '../candidates.ts'
import { type Case, compiledAfter, gibibyte, mebibyte, type Section } from '../section.ts'

const all: readonly CandidateName[] = [
  'upload',
  'dispatcher',
  'undici',
  'http',
  'axios',
  'got',
  'node-fetch',
  'smithy',
]

const streams = { buffer: [...all, 'raw', 'fetch'], generator: [...all, 'raw'] } as const
const ours = all.filter((name) => name !== 'dispatcher')

const small = (kind: 'buffer' | 'generator'): Case => ({
  name: `1 MiB × 300 at 4 at a time, ${kind}`,
  play: 'go',
  content: { kind, size: mebibyte },
  uploads: 300,
  parallel: 4,
  warmUp: { uploads: compiledAfter },
  candidates: streams[kind],
})

/** The first uploads of a process, most of whose code is not compiled yet. */
const cold: Case = {
  name: '1 MiB × 300 at 4 at a time, buffer, the first of a process',
  play: 'go',
  content: { kind: 'buffer', size: mebibyte },
  uploads: 300,
  parallel: 4,
  warmUp: { uploads: 0 },
  candidates: ['upload', 'dispatcher', 'undici', 'http', 'raw'],
}

const medium = (kind: 'buffer' | 'generator' | 'file'): Case => ({
  name: `64 MiB × 8, ${kind}`,
  play: 'go',
  content: { kind, size: 64 * mebibyte },
  uploads: 8,
  candidates: kind === 'file' ? [...ours, 'curl'] : streams[kind],
})

const large = (kind: 'buffer' | 'generator' | 'file'): Case => ({
  name: `1 GiB, ${kind}`,
  play: 'go',
  content: { kind, size: gibibyte },
  uploads: 1,
  candidates: few[kind],
})

const few = {
  buffer: ['upload', 'dispatcher', 'undici', 'http'],
  generator: ['upload', 'dispatcher', 'undici', 'http', 'raw'],
  file: ['upload', 'undici', 'http', 'curl'],
} as const

/** Uploads that are accepted with the go-ahead. */
export const accepted: Section = {
  name: 'accepted',
  title: 'Accepted with the go-ahead',
  text: `The origin answers 100 to the expectation, and 201 behind the content. Before the uploads of 1 MiB, ${compiledAfter.toLocaleString('en')} are made that are not measured; one case shows what it is like without.`,
  columns: ['rate', 'cpu', 'peak'],
  compared: 'rate',
  plots: [{ metric: 'rate' }],
  cases: [
    ...(['buffer', 'generator'] as const).map(small),
    cold,
    ...(['buffer', 'generator', 'file'] as const).map(medium),
    ...(['buffer', 'generator', 'file'] as const).map(large),
  ],
}
