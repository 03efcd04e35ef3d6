import { type Case, compiledAfter, mebibyte, type Section } from '../section.ts'

const idling = (kind: 'buffer' | 'generator'): Case => ({
  name: `1 MiB × 500 at 4 at a time, ${kind}`,
  play: 'go',
  content: { kind, size: mebibyte },
  uploads: 500,
  parallel: 4,
  warmUp: { uploads: compiledAfter },
  candidates: ['never', 'undici'],
  rounds: 2,
})

/** Uploads through a gate that has nothing to do. */
export const idle: Section = {
  name: 'idle',
  title: 'Idle gate',
  text: `Uploads through an ExpectAgent with expect: 'never' against undici's own Agent. ${compiledAfter.toLocaleString('en')} uploads are made before. Twice as many rounds as elsewhere.`,
  columns: ['rate', 'cpuEach'],
  compared: 'rate',
  plots: [{ metric: 'rate' }],
  cases: [idling('buffer'), idling('generator')],
}
