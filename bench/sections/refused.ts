import { type Case, compiledAfter, mebibyte, type Section } from '../section.ts'

const refusal = (status: number, kind: 'buffer' | 'generator'): Case => ({
  name: `${status} to 100 MiB × 100, ${kind}`,
  play: String(status),
  content: { kind, size: 100 * mebibyte },
  uploads: 100,
  warmUp: { uploads: compiledAfter, size: mebibyte },
  status,
  whole: false,
  candidates: ['upload', 'dispatcher', 'http', 'smithy', 'raw'],
})

/** What becomes of content where nobody waits. */
const waste = (kind: 'buffer' | 'generator'): Case => ({
  name: `413 to 100 MiB × 5, ${kind}`,
  play: '413',
  content: { kind, size: 100 * mebibyte },
  uploads: 5,
  warmUp: { uploads: 2 },
  status: 413,
  whole: false,
  candidates: ['upload', 'undici'],
})

/** Uploads that are refused. */
export const refused: Section = {
  name: 'refused',
  title: 'Refused',
  text: `The origin answers 413 or 401 as soon as it has the head. What counts is the time to that answer, and the content that went out for nothing. No credentials are given. ${compiledAfter.toLocaleString('en')} uploads are made before; a client that does not wait makes fewer, after two.`,
  columns: ['time', 'content', 'cpuEach'],
  compared: 'time',
  plots: [{ metric: 'time' }, { metric: 'content' }],
  cases: [
    refusal(413, 'buffer'),
    refusal(413, 'generator'),
    refusal(401, 'buffer'),
    refusal(401, 'generator'),
    waste('buffer'),
    waste('generator'),
  ],
}
