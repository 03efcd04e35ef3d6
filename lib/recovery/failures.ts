import { constants } from 'node:http2'
import { errors } from '#undici'
import type { AttemptReport } from '../report/report.ts'

/** Whether no content left; a request whose content is empty is complete without a byte of it. */
export function isUntouched({ asked, sentBytes }: AttemptReport, complete: boolean): boolean {
  return asked && sentBytes === 0 && !complete
}

/** Whether the other side of a connection is no longer there, or does not look at the request. */
export function isPeerGone(failure: NodeJS.ErrnoException): boolean {
  const error = beneath(failure)
  const codes = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_HTTP2_SESSION_ERROR']
  if (error instanceof errors.SocketError || codes.includes(error.code ?? '')) return true
  return isUnprocessed(error)
}

/** Whether an HTTP/2 origin said that nothing was done about it (RFC 9113, section 8.7). */
export function isUnprocessed(error: Error): boolean {
  if ('http2ErrorCode' in error) {
    return error.http2ErrorCode === constants.NGHTTP2_REFUSED_STREAM
  }
  // undici has no class or code of its own for the requests that a GOAWAY leaves behind.
  return error instanceof errors.InformationalError && error.message.includes('"GOAWAY"')
}

/** Whether another try may find what this one did not. */
export function isPassing(error: NodeJS.ErrnoException): boolean {
  const unreachable = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']
  const codes = [...unreachable, 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']
  return isPeerGone(error) || codes.includes(beneath(error).code ?? '')
}

/** What fails on the way to a proxy passes as it would on the way to an origin. */
function beneath(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  return error.code === 'ERR_EXPECT_PROXY' && error.cause instanceof Error ? error.cause : error
}
