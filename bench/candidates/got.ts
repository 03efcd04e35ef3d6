import { Agent } from 'node:http'
import got from 'got'
import { type Candidate, contentLength } from '../candidate.ts'

/** got, without an expectation. */
export function make(): Candidate {
  const client = got.extend({
    agent: { http: new Agent({ keepAlive: true }) },
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
  })
  return {
    async send(upload) {
      const { url, method, source } = upload
      const headers = contentLength(upload)
      const { statusCode } = await client(url, { method, headers, body: source.streamOrBytes() })
      return statusCode
    },
  }
}
