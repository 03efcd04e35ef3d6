import { type Case, mebibyte, type Section } from '../section.ts'

const replay = (kind: 'buffer' | 'generator' | 'file'): Case => ({
  name: `417, then 64 MiB × 8, ${kind}`,
  play: '417',
  content: { kind, size: 64 * mebibyte },
  uploads: 8,
  memory: false,
  candidates:
    kind === 'file'
      ? ['upload', 'http', 'curl']
      : ['upload', 'dispatcher', 'http', 'raw', 'undici'],
})

/** Uploads that are refused for their expectation, and replayed without. */
export const replayed: Section = {
  name: 'replayed',
  title: '417 and replay',
  text: 'The origin answers 417 to every expectation, and 201 behind content that comes without one. Our candidates are told to remember nothing, or they would not ask again.',
  columns: ['time', 'rate', 'copies', 'cpu'],
  compared: 'time',
  plots: [{ metric: 'rate' }],
  cases: (['buffer', 'generator', 'file'] as const).map(replay),
}
