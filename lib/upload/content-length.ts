import { UploadError } from '../errors.ts'

/**
 * The bytes that a `Content-Length` states (RFC 9110, section 8.6); `null` where there is none.
 *
 * @throws TypeError when it is not a number of bytes.
 */
export function parseLength(value: unknown): number | null {
  if (value === undefined || value === null) return null
  const text = String(value).trim()
  const length = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(length)) return length
  throw new TypeError(`The Content-Length '${text}' is not a whole number of bytes`)
}

/** @throws UploadError when content has not the length that was stated for it, before anything is sent. */
export function refuseLength(length: number | null, stated: number | null): void {
  if (length === null || stated === null || length === stated) return
  const code = length < stated ? 'ERR_EXPECT_CONTENT_SHORT' : 'ERR_EXPECT_CONTENT_LONG'
  const message = `The Content-Length is ${stated}, but the content has ${length} bytes; leave the header out`
  throw new UploadError(code, message)
}
