import { type Case, gibibyte, mebibyte, type Section } from '../section.ts'

const sized = (name: string, size: number): Case => ({
  name: `${name}, generator`,
  at: size / mebibyte,
  play: 'go',
  content: { kind: 'generator', size },
  uploads: 1,
  candidates: ['upload', 'undici', 'http'],
})

/** What one upload costs as it grows. */
export const cost: Section = {
  name: 'cost',
  title: 'Processor time and memory, 16 MiB to 4 GiB',
  text: 'One upload from a generator, in a process that has made three hundred of 1 MiB: processor time per GiB, and the highest resident size above that of the idle process.',
  columns: ['rate', 'cpu', 'peak'],
  compared: 'cpu',
  plots: [
    { metric: 'cpu', axis: 'MiB' },
    { metric: 'peak', axis: 'MiB' },
  ],
  cases: [
    sized('16 MiB', 16 * mebibyte),
    sized('64 MiB', 64 * mebibyte),
    sized('256 MiB', 256 * mebibyte),
    sized('1 GiB', gibibyte),
    sized('4 GiB', 4 * gibibyte),
  ],
}
