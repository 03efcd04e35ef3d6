import { mebibyte, type Section } from '../section.ts'

/** Whether the origin is fast enough to measure with. */
export const origin: Section = {
  name: 'origin',
  title: 'The origin',
  text: 'The fastest client there is, a raw socket, uploads buffers: while it does, the origin must have time to spare.',
  columns: ['rate', 'client', 'origin'],
  compared: null,
  plots: [],
  cases: [
    {
      name: '64 MiB × 16, buffer',
      play: 'go',
      content: { kind: 'buffer', size: 64 * mebibyte },
      uploads: 16,
      // What the origin spends on a warm-up would be taken for a part of the measurement.
      warmUp: { uploads: 0 },
      candidates: ['raw'],
    },
  ],
}
