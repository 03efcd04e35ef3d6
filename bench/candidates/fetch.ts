import type { Candidate } from '../candidate.ts'
import type { Job } from '../job.ts'
import { fetch } from '../ours.ts'

/** Our `fetch`. */
export function make({ memory }: Job): Candidate {
  const options = memory ? {} : { memory: false as const }
  return {
    async send({ url, method, source }) {
      const response = await fetch(url, { method, body: source.body(), ...options })
      await response.arrayBuffer()
      return response.status
    },
  }
}
