import { type Case, compiledAfter, mebibyte, type Section } from '../section.ts'

const growing = (parallel: number, uploads: number): Case => ({
  name: `${parallel.toLocaleString('en')} at a time, 1 MiB × ${uploads}, buffer`,
  at: parallel,
  play: 'go',
  content: { kind: 'buffer', size: mebibyte },
  uploads,
  parallel,
  warmUp: { uploads: compiledAfter },
  candidates: ['dispatcher', 'undici', 'upload', 'raw'],
})

/** Many uploads at a time. */
export const growth: Section = {
  name: 'growth',
  title: 'Growth, 1 to 1,000 at a time',
  text: `One process makes many uploads at a time, each over a connection of its own; they share one buffer. ${compiledAfter.toLocaleString('en')} are made before. undici does not ask; the raw socket shows what asking costs at least.`,
  columns: ['time', 'cpuEach', 'peak', 'peakEach'],
  compared: 'time',
  plots: [
    { metric: 'time', axis: 'uploads at a time' },
    { metric: 'peakEach', axis: 'uploads at a time' },
  ],
  cases: [growing(1, 300), growing(10, 500), growing(100, 500), growing(1000, 1000)],
}
