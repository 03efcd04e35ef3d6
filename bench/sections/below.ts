import type { CandidateName } from '../candidates.ts'
import { type Case, kibibyte, type Section } from '../section.ts'

const posts = (
  face: string,
  size: number,
  uploads: number,
  candidates: readonly CandidateName[],
): Case => ({
  name: `${size} KiB × ${uploads} at 16 at a time, ${face}`,
  play: 'go',
  method: 'POST',
  content: { kind: 'buffer', size: size * kibibyte },
  uploads,
  parallel: 16,
  warmUp: { uploads: 4 * uploads },
  candidates,
  rounds: 2,
})

/** Posts that are too small to ask for. */
export const below: Section = {
  name: 'below',
  title: 'Below the threshold',
  text: 'Posts of buffers that are too small to ask for: what it costs to have this package in between. Four times as many posts are made before. Twice as many rounds as elsewhere.',
  columns: ['requests', 'cpuEach'],
  compared: 'requests',
  plots: [{ metric: 'requests' }],
  cases: [
    posts('request', 1, 10_000, ['dispatcher', 'undici', 'upload']),
    posts('fetch', 1, 5_000, ['fetch', 'undici-fetch']),
    posts('request', 64, 6_000, ['dispatcher', 'undici', 'upload']),
    posts('fetch', 64, 4_000, ['fetch', 'undici-fetch']),
  ],
}
