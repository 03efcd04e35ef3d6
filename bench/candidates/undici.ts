import { Agent, type Dispatcher, request } from 'undici'
import { type Candidate, contentLength } from '../candidate.ts'

/** undici's `request`, without an expectation. */
export function make(): Candidate {
  return through(new Agent())
}

/** undici's `request` through a dispatcher. */
export function through(dispatcher: Dispatcher): Candidate {
  return {
    async send(upload) {
      const { url, method, source } = upload
      const headers = contentLength(upload)
      const sent = { method, headers, dispatcher, body: source.streamOrBytes() }
      const { statusCode, body } = await request(url, sent)
      await body.dump()
      return statusCode
    },
  }
}
