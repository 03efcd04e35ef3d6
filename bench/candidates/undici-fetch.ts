import { Agent, fetch } from 'undici'
import type { Candidate } from '../candidate.ts'

/** undici's `fetch`, of buffers. */
export function make(): Candidate {
  const dispatcher = new Agent()
  return {
    async send({ url, method, source }) {
      const response = await fetch(url, { method, body: source.bytes, dispatcher })
      await response.arrayBuffer()
      return response.status
    },
  }
}
