import { Agent } from 'node:http'
import axios from 'axios'
import { type Candidate, contentLength } from '../candidate.ts'

/** axios, without an expectation. */
export function make(): Candidate {
  const client = axios.create({
    httpAgent: new Agent({ keepAlive: true }),
    maxBodyLength: Number.POSITIVE_INFINITY,
    // A client that follows redirects keeps all content in memory.
    maxRedirects: 0,
    validateStatus: () => true,
  })
  return {
    async send(upload) {
      const { url, method, source } = upload
      const data = source.streamOrBytes()
      const headers = contentLength(upload)
      const { status } = await client.request({ url: url.href, method, headers, data })
      return status
    },
  }
}
