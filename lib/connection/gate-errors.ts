import { constants } from 'node:http2'
import { errors } from 'undici/index.js'
import { UploadError } from '../errors.ts'
import { headLimit, idleLimit } from '../protocol/interim-responses.ts'

export function cannotAsk(url: string): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    `The upload to ${url} needs Expect: 100-continue, but its connection has no gate to hold the body back; use ExpectAgent, give your agent { factory: gatedPool }, or set expect to 'never' (a MockAgent has no connections)`,
  )
}

export function cannotResume(): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    'A resumed upload needs a connection with a gate and its original body; use ExpectAgent, without interceptors that read or replace the body',
  )
}

export function noGate(): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    'undici wrote the upload to a connection that it did not make through the connector of its pool; this version of undici does not work with this package',
  )
}

export function noAnnouncement(): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    'undici wrote to the connection without an announced request; this version of undici does not work with this package',
  )
}

export function noHead(): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    'undici did not write the head of the upload directly after it started the request; this version of undici does not work with this package',
  )
}

export function begunBefore(): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    'The connection was closed because of another request on it, after content had been sent; set pipelining to 1',
  )
}

/** undici repeats a request that the origin did not process (RFC 9113, section 8.7). */
export function unprocessed(): Error {
  const error = new errors.InformationalError('HTTP/2: the origin did not process the request')
  return Object.assign(error, { http2ErrorCode: constants.NGHTTP2_REFUSED_STREAM })
}

/** Data received without an outstanding request is not a response (RFC 9112, section 9.2). */
export function responseBeforeRequest(): Error {
  return new errors.SocketError('The origin sent a response before the request')
}

export function interimOverflow(): UploadError {
  return new UploadError(
    'ERR_EXPECT_INTERIM_OVERFLOW',
    `The origin sent an interim (1xx) response of more than ${headLimit} bytes, or more than ${idleLimit} bytes of them while no content was sent; the connection was closed`,
  )
}

/** The origin chose no protocol in a TLS handshake that offered only HTTP/1.1. */
export const noProtocol: Error = new errors.InformationalError('The origin chose no protocol')
