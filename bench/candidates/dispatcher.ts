import type { Candidate } from '../candidate.ts'
import type { Job } from '../job.ts'
import { ExpectAgent } from '../ours.ts'
import { through } from './undici.ts'

/** undici's `request` through our ExpectAgent. */
export function make({ memory }: Job): Candidate {
  return through(new ExpectAgent(memory ? {} : { memory: false }))
}
