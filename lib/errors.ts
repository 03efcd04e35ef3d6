/**
 * The codes of {@link UploadError}.
 *
 * | code | what happened |
 * | --- | --- |
 * | `ERR_EXPECT_NO_GATE` | the request wants to ask, but its connection cannot hold content back (one of the process's own dispatcher: only with `expect: 'always'`) |
 * | `ERR_EXPECT_CONTENT_SHORT` | the source ended before its declared length |
 * | `ERR_EXPECT_CONTENT_LONG` | the source went on past its declared length |
 * | `ERR_EXPECT_CONTENT_TYPE` | the source yielded something that is neither bytes nor a string; a `ReadableStream`, anything but `Uint8Array` |
 * | `ERR_EXPECT_CONTENT_GONE` | the content was needed again, but it can be read only once |
 * | `ERR_EXPECT_FILE_CHANGED` | a file is not what it was when the upload was made, or content not what a token was made for |
 * | `ERR_EXPECT_INTERIM_OVERFLOW` | the interim responses to one request are larger than the limit |
 * | `ERR_EXPECT_CONNECT_TIMEOUT` | no connection was made in time (undici's `connectTimeout`) |
 * | `ERR_EXPECT_STALL_TIMEOUT` | the connection took no content for too long |
 * | `ERR_EXPECT_HEADERS_TIMEOUT` | the response did not come in time after the content |
 * | `ERR_EXPECT_BODY_TIMEOUT` | the response's content stopped coming |
 * | `ERR_EXPECT_TOTAL_TIMEOUT` | the upload as a whole took too long |
 * | `ERR_EXPECT_TOO_MANY_REDIRECTS` | there were more redirects than `maxRedirections` |
 * | `ERR_EXPECT_REDIRECT` | a redirect came, and `redirect` is `'error'`, or fetch cannot follow it |
 * | `ERR_EXPECT_INSECURE_REDIRECT` | a redirect led from https to http |
 * | `ERR_EXPECT_RESUME_LIMIT` | the content is larger than the origin's `Upload-Limit`; the upload was cancelled |
 * | `ERR_EXPECT_RESUME_MISMATCH` | the origin's offset, length or `Location` is not what it can be; the upload was cancelled |
 * | `ERR_EXPECT_RESUME_GONE` | the origin does not have the upload any more that was to go on |
 * | `ERR_EXPECT_RESUME_ANSWERED` | the upload is complete, and its answer is lost |
 * | `ERR_EXPECT_PROXY` | a proxy could not be used, or made no tunnel; `response` has its status |
 */
export type UploadErrorCode =
  | 'ERR_EXPECT_NO_GATE'
  | 'ERR_EXPECT_CONTENT_SHORT'
  | 'ERR_EXPECT_CONTENT_LONG'
  | 'ERR_EXPECT_CONTENT_TYPE'
  | 'ERR_EXPECT_CONTENT_GONE'
  | 'ERR_EXPECT_FILE_CHANGED'
  | 'ERR_EXPECT_INTERIM_OVERFLOW'
  | 'ERR_EXPECT_CONNECT_TIMEOUT'
  | 'ERR_EXPECT_STALL_TIMEOUT'
  | 'ERR_EXPECT_HEADERS_TIMEOUT'
  | 'ERR_EXPECT_BODY_TIMEOUT'
  | 'ERR_EXPECT_TOTAL_TIMEOUT'
  | 'ERR_EXPECT_TOO_MANY_REDIRECTS'
  | 'ERR_EXPECT_REDIRECT'
  | 'ERR_EXPECT_INSECURE_REDIRECT'
  | 'ERR_EXPECT_RESUME_LIMIT'
  | 'ERR_EXPECT_RESUME_MISMATCH'
  | 'ERR_EXPECT_RESUME_GONE'
  | 'ERR_EXPECT_RESUME_ANSWERED'
  | 'ERR_EXPECT_PROXY'

/** Where an upload stood: before its head left, held back, content flowing, or being answered. */
export type UploadPhase = 'connecting' | 'waiting' | 'sending' | 'responding'

/** What is known of an upload at the moment it failed. */
export interface UploadPlace {
  /** Where the upload stood. */
  phase: UploadPhase
  /** Bytes of content that the connection of the last attempt to send it had accepted. */
  sentBytes: number
  /** Which attempt failed, counted from 1. */
  attempt: number
  /** The status of the final response, when one was seen. */
  status: number | null
}

/**
 * An upload that this package had to fail.
 *
 * A status is no error: a 413 is returned like any response. Errors of undici, of the
 * socket and of the caller's own source pass unwrapped.
 */
export class UploadError extends Error {
  override readonly name = 'UploadError'
  /** What happened, for programs. */
  readonly code: UploadErrorCode
  /** Where the upload stood. */
  phase: UploadPhase = 'connecting'
  /** Bytes of content that the connection of the last attempt to send it had accepted. */
  sentBytes = 0
  /** Which attempt failed, counted from 1; 0 when none had begun. */
  attempt = 0
  /** The final response that was seen before the failure, or `null`. */
  response: { readonly status: number } | null = null

  constructor(code: UploadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /**
   * The error with where the upload stood, which whoever throws deep inside does not know. Uploads
   * that waited for the same connection fail with the same error, and each is told its own place.
   */
  at(place: UploadPlace): UploadError {
    if (this.attempt > 0) return this.#copy().at(place)
    this.phase = place.phase
    this.sentBytes = place.sentBytes
    this.attempt = place.attempt
    if (place.status !== null) this.response ??= { status: place.status }
    return this
  }

  #copy(): UploadError {
    const options = this.cause === undefined ? {} : { cause: this.cause }
    const copy = new UploadError(this.code, this.message, options)
    copy.response = this.response
    return copy
  }
}
