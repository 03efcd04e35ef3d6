import type { Candidate } from '../candidate.ts'
import { ExpectAgent } from '../ours.ts'
import { through } from './undici.ts'

/** undici's `request` through an ExpectAgent that is told never to ask. */
export function make(): Candidate {
  return through(new ExpectAgent({ expect: 'never' }))
}
