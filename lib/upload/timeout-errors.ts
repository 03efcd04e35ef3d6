import { UploadError, type UploadErrorCode } from '../errors.ts'
import type { TimeoutOptions } from '../options/options.ts'

/** The timeouts that an upload measures itself. */
export type Phase = 'connect' | 'stall' | 'headers' | 'total'

const expiries: Record<Phase, { readonly code: UploadErrorCode; readonly what: string }> = {
  connect: { code: 'ERR_EXPECT_CONNECT_TIMEOUT', what: 'No connection was made' },
  stall: { code: 'ERR_EXPECT_STALL_TIMEOUT', what: 'The connection took no content' },
  headers: { code: 'ERR_EXPECT_HEADERS_TIMEOUT', what: "The response's head did not come" },
  total: { code: 'ERR_EXPECT_TOTAL_TIMEOUT', what: 'The upload was not over' },
}

export function expiryOf(phase: Phase, milliseconds: number, options?: ErrorOptions): UploadError {
  const { code, what } = expiries[phase]
  return new UploadError(code, `${what} within ${milliseconds} ms (timeouts.${phase})`, options)
}

/** Converts undici's timeout errors to UploadErrors; `null` for other errors. */
export function undiciTimeout(
  error: NodeJS.ErrnoException,
  { headers }: TimeoutOptions,
): UploadError | null {
  const cause = { cause: error }
  if (error.code === 'UND_ERR_HEADERS_TIMEOUT' && headers !== undefined) {
    return expiryOf('headers', headers, cause)
  }
  if (error.code === 'UND_ERR_CONNECT_TIMEOUT') {
    const message = 'No connection was made in time (connectTimeout of the dispatcher)'
    return new UploadError('ERR_EXPECT_CONNECT_TIMEOUT', message, cause)
  }
  if (error.code === 'UND_ERR_BODY_TIMEOUT') {
    const message = "The response's content stopped coming (timeouts.body, or undici's bodyTimeout)"
    return new UploadError('ERR_EXPECT_BODY_TIMEOUT', message, cause)
  }
  return null
}
