import { UploadError } from '../errors.ts'

export function usedUp(what: string): TypeError {
  return new TypeError(`${what}; pass an unread stream, or a function that returns a new one`)
}

export function readElsewhere(): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    'Other code read or cancelled the stream before it was sent, and those bytes are gone; add its listeners and pipes before the upload, or pass a function that returns a new stream',
  )
}

export function unusable(input: unknown): TypeError {
  return new TypeError(
    `Content must be a string, bytes, a Blob, FormData, URLSearchParams, { json }, a stream, an iterable, fromFile() or a function that returns one of these, not ${typeName(input)}`,
  )
}

export function contentGone(): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    'The content was needed again, but it can be read only once and is not buffered; pass a function that returns it, or set a larger replayWindow',
  )
}

export function wrongLength(
  code: 'ERR_EXPECT_CONTENT_SHORT' | 'ERR_EXPECT_CONTENT_LONG',
  how: string,
  length: number,
): UploadError {
  return new UploadError(
    code,
    `The content ${how} its declared length of ${length} bytes; the connection was closed before the request was complete`,
  )
}

export function endsBefore(start: number, length: number): UploadError {
  return new UploadError(
    'ERR_EXPECT_FILE_CHANGED',
    `The content ended after ${length} bytes, before the offset ${start} at which the upload is resumed; resume it with the content that it was started with`,
  )
}

export function overLimit(limit: number): UploadError {
  const message = `The content is larger than the origin's Upload-Limit of ${limit} bytes`
  return new UploadError('ERR_EXPECT_RESUME_LIMIT', message)
}

export function notBytes(value: unknown): UploadError {
  const what = value === null ? 'null' : typeName(value)
  return new UploadError(
    'ERR_EXPECT_CONTENT_TYPE',
    `The content yielded ${what}, which is neither bytes nor a string`,
  )
}

export function notUint8Array(value: unknown): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_TYPE',
    `The ReadableStream yielded ${typeName(value)}, but fetch takes Uint8Array chunks only; pipe text through a TextEncoderStream`,
  )
}

function typeName(value: unknown): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value) : typeof value
}
