import { errors } from 'undici/index.js'
import { UploadError } from '../errors.ts'
import { countFields, type Fields, fieldValue } from '../headers.ts'

/**
 * The value of a request's `Content-Length` in bytes (RFC 9110, section 8.6); `null` when there is none.
 *
 * @throws InvalidArgumentError when it is not exactly one number, as undici does.
 */
export function statedLength(headers: Fields): number | null {
  const value = fieldValue(headers, 'content-length')
  if (value === undefined) return null
  if (countFields(headers, 'content-length') > 1)
    throw new errors.InvalidArgumentError('The request has more than one Content-Length header')
  // Number() also accepts '0x5', '+5' and '5e0'.
  const stated = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN
  if (Number.isSafeInteger(stated) && !Array.isArray(value)) return stated
  throw new errors.InvalidArgumentError(`The Content-Length '${value}' is not a number of bytes`)
}

/** @throws UploadError when the length of the content differs from the stated one. Called before anything is sent. */
export function refuseLength(length: number | null, stated: number | null): void {
  if (length === null || stated === null || length === stated) return
  const code = length < stated ? 'ERR_EXPECT_CONTENT_SHORT' : 'ERR_EXPECT_CONTENT_LONG'
  const message = `The Content-Length is ${stated}, but the content has ${length} bytes; leave the header out`
  throw new UploadError(code, message)
}
