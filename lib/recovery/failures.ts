import { constants } from 'node:http2'
import { errors } from 'undici/index.js'
import type { AttemptReport } from '../report/report.ts'

/** Whether no content was sent. A request with empty content is complete without sending a byte. */
export function isUntouched({ asked, sentBytes }: AttemptReport, complete: boolean): boolean {
  return asked && sentBytes === 0 && !complete
}

/** Whether the peer closed the connection, or did not process the request. */
export function isPeerGone(failure: NodeJS.ErrnoException): boolean {
  const error = beneath(failure)
  const codes = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_HTTP2_SESSION_ERROR']
  if (error instanceof errors.SocketError || codes.includes(error.code ?? '')) return true
  return isUnprocessed(error) || isTooMany(error)
}

/** Whether an HTTP/2 origin reported that it did not process the request (RFC 9113, section 8.7). */
export function isUnprocessed(error: Error): boolean {
  if ('http2ErrorCode' in error) {
    return error.http2ErrorCode === constants.NGHTTP2_REFUSED_STREAM
  }
  // undici has no error class or code for requests that a GOAWAY leaves unprocessed.
  return error instanceof errors.InformationalError && error.message.includes('"GOAWAY"')
}

/**
 * Whether an HTTP/2 origin found that there were too many streams. Node counts a stream that the client has
 * reset for a moment longer than undici does.
 */
export function isTooMany(error: Error): boolean {
  return 'http2ErrorCode' in error && error.http2ErrorCode === constants.NGHTTP2_ENHANCE_YOUR_CALM
}

/** Whether a failure is temporary, so that a retry may succeed. */
export function isPassing(error: NodeJS.ErrnoException): boolean {
  const unreachable = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']
  const codes = [...unreachable, 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']
  return isPeerGone(error) || codes.includes(beneath(error).code ?? '')
}

/** The error of a connection to a proxy is treated like that of a connection to an origin. */
function beneath(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  return error.code === 'ERR_EXPECT_PROXY' && error.cause instanceof Error ? error.cause : error
}
