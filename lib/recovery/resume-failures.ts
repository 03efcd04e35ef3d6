import { errors } from 'undici/index.js'
import { UploadError } from '../errors.ts'
import { isPassing } from './failures.ts'

/** Whether a status is temporary. A 423 means that another request still writes to the upload. */
export function isTemporary(status: number): boolean {
  return status >= 500 || [408, 423, 425, 429].includes(status)
}

const passing = [
  'ERR_EXPECT_PROXY',
  'ERR_EXPECT_STALL_TIMEOUT',
  'ERR_EXPECT_HEADERS_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]

/** Whether a connection broke or stalled, so that another one may succeed. */
export function isInterruption(error: NodeJS.ErrnoException): boolean {
  // The code of an AbortError is a number.
  const code = String(error.code)
  if (isPassing(error) || error instanceof errors.InformationalError) return true
  return passing.includes(code) || code.startsWith('ERR_HTTP2_')
}

export function changed(): UploadError {
  const message = 'The content is not the one that the upload to resume was started with'
  return new UploadError('ERR_EXPECT_FILE_CHANGED', message)
}

export function mismatch(what: string): UploadError {
  const message = `The origin ${what}; upload again`
  return new UploadError('ERR_EXPECT_RESUME_MISMATCH', message)
}

export function different(algorithm: string): UploadError {
  const message = `The origin's ${algorithm} digest differs from that of the content: what it stored is not what was sent; remove it and upload again`
  return new UploadError('ERR_EXPECT_RESUME_DIGEST', message)
}

export function missing(what: string): UploadError {
  const message = `The upload cannot be resumed: the origin ${what}`
  return new UploadError('ERR_EXPECT_RESUME_GONE', message)
}

/** Whether other credentials may be accepted. */
export function isDenied(status: number): boolean {
  return [401, 403, 407].includes(status)
}

export function denied(status: number): UploadError {
  const message = `The upload cannot be resumed with these credentials: the origin answered ${status}; resume it with others`
  return new UploadError('ERR_EXPECT_RESUME_GONE', message)
}

export function lost(): UploadError {
  const message =
    'The origin completed the upload, but its response was lost; check the result with another request'
  return new UploadError('ERR_EXPECT_RESUME_ANSWERED', message)
}
