import { type Case, mebibyte, type Section } from '../section.ts'

const refusal = (status: number, kind: 'buffer' | 'generator'): Case => ({
  name: `${status} to 100 MiB × 30, ${kind}`,
  play: String(status),
  content: { kind, size: 100 * mebibyte },
  uploads: 30,
  warmUp: { uploads: 5 },
  status,
  whole: false,
  candidates: ['upload', 'dispatcher', 'http', 'raw', 'smithy', 'undici'],
})

/** Uploads that are refused. */
export const refused: Section = {
  name: 'refused',
  title: 'Refused',
  text: 'The origin answers 413 or 401 as soon as it has the head. What counts is the time to that answer, and the content that went out for nothing. No credentials are given.',
  columns: ['time', 'content', 'cpuEach'],
  compared: 'time',
  plots: [{ metric: 'time' }, { metric: 'content' }],
  cases: [
    refusal(413, 'buffer'),
    refusal(413, 'generator'),
    refusal(401, 'buffer'),
    refusal(401, 'generator'),
  ],
}
