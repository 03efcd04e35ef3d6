import { Agent } from 'node:http'
import fetch from 'node-fetch'
import { type Candidate, contentLength } from '../candidate.ts'

/** node-fetch, without an expectation. */
export function make(): Candidate {
  const agent = new Agent({ keepAlive: true })
  return {
    async send(upload) {
      const { url, method, source } = upload
      const headers = contentLength(upload)
      const response = await fetch(url, { method, headers, agent, body: source.streamOrBytes() })
      await response.arrayBuffer()
      return response.status
    },
  }
}
