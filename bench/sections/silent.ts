import { mebibyte, type Section } from '../section.ts'

const shared = { play: 'silent', content: { kind: 'buffer', size: mebibyte } } as const

/** Uploads to an origin that does not answer expectations. */
export const silent: Section = {
  name: 'silent',
  title: 'Silent origin',
  text: 'The origin says nothing to an expectation. What counts is how long it sees a head without content: at the first upload of a process, which makes none before, and at the second and later ones. Who writes the expectation by hand waits 1000 ms each time.',
  columns: ['firstWait', 'laterWait', 'time'],
  compared: null,
  plots: [{ metric: 'laterWait' }],
  cases: [
    {
      ...shared,
      name: 'ten uploads of 1 MiB, one after another',
      uploads: 10,
      warmUp: { uploads: 0 },
      candidates: ['upload', 'dispatcher', 'undici'],
    },
    {
      ...shared,
      name: 'three uploads of 1 MiB, one after another',
      uploads: 3,
      warmUp: { uploads: 0 },
      candidates: ['upload', 'http'],
    },
  ],
}
