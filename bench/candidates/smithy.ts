import { Readable } from 'node:stream'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { type Candidate, contentLength, type Upload } from '../candidate.ts'

type SmithyRequest = Parameters<NodeHttpHandler['handle']>[0]

/**
 * smithy's NodeHttpHandler, with the expectation that it knows how to wait for. It does so over a
 * connection for each upload; given an agent of the caller's, it sends at once.
 */
export function make(): Candidate {
  const handler = new NodeHttpHandler()
  return {
    async send(upload) {
      const { response } = await handler.handle(requestOf(upload))
      if (response.body instanceof Readable) await response.body.resume().toArray()
      return response.statusCode
    },
  }
}

function requestOf(upload: Upload): SmithyRequest {
  const { url, method, source } = upload
  const { protocol, hostname, port, pathname: path } = url
  const headers = { ...contentLength(upload), expect: '100-continue' }
  const body = source.streamOrBytes()
  const fields = { protocol, hostname, port: Number(port), path, query: {}, headers, method, body }
  // The handler asks for no more of its class than these.
  return fields as unknown as SmithyRequest
}
