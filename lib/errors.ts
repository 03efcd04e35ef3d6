/**
 * The codes of {@link UploadError}.
 *
 * | code | what happened |
 * | --- | --- |
 * | `ERR_EXPECT_NO_GATE` | the request has to send the expectation, but its connection cannot hold content back (through the process's own dispatcher: only with `expect: 'always'`) |
 * | `ERR_EXPECT_CONTENT_SHORT` | the source ended before its declared length |
 * | `ERR_EXPECT_CONTENT_LONG` | the source is longer than its declared length |
 * | `ERR_EXPECT_CONTENT_TYPE` | the source yielded a chunk that is neither bytes nor a string, or a `ReadableStream` yielded anything but a `Uint8Array` |
 * | `ERR_EXPECT_CONTENT_GONE` | the content was needed again, but it can be read only once, or other code has read it |
 * | `ERR_EXPECT_FILE_CHANGED` | a file changed after the upload was made, or the content is not the one that a resume token was made for |
 * | `ERR_EXPECT_INTERIM_OVERFLOW` | the interim responses to one request are larger than the limit |
 * | `ERR_EXPECT_CONNECT_TIMEOUT` | no connection was made in time (`timeouts.connect`, or undici's `connectTimeout`) |
 * | `ERR_EXPECT_STALL_TIMEOUT` | the connection accepted no content for too long |
 * | `ERR_EXPECT_HEADERS_TIMEOUT` | the response did not begin in time after the content was sent |
 * | `ERR_EXPECT_BODY_TIMEOUT` | the response's content stopped arriving |
 * | `ERR_EXPECT_TOTAL_TIMEOUT` | the upload as a whole took too long |
 * | `ERR_EXPECT_TOO_MANY_REDIRECTS` | there were more redirects than `maxRedirections` |
 * | `ERR_EXPECT_REDIRECT` | the response is a redirect, and `redirect` is `'error'` or fetch cannot follow it |
 * | `ERR_EXPECT_INSECURE_REDIRECT` | a redirect led from https to http |
 * | `ERR_EXPECT_RESUME_LIMIT` | the content is larger than the origin's `Upload-Limit` |
 * | `ERR_EXPECT_RESUME_MISMATCH` | the origin's offset, length or `Location` contradicts the upload |
 * | `ERR_EXPECT_RESUME_DIGEST` | the origin has received other bytes than the content (`resume: { digest }`) |
 * | `ERR_EXPECT_RESUME_GONE` | the origin no longer has the upload to resume, refuses the credentials, or never completes it |
 * | `ERR_EXPECT_RESUME_ANSWERED` | the upload is complete, but its response was lost |
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
  | 'ERR_EXPECT_RESUME_DIGEST'
  | 'ERR_EXPECT_RESUME_GONE'
  | 'ERR_EXPECT_RESUME_ANSWERED'
  | 'ERR_EXPECT_PROXY'

/** The phase of an upload: before its head is sent, holding its content back, sending it, or receiving the response. */
export type UploadPhase = 'connecting' | 'waiting' | 'sending' | 'responding'

/** The state of an upload when it failed. */
export type UploadPlace = Pick<UploadError, 'phase' | 'sentBytes' | 'attempt'> & {
  /** The status of the final response; `null` when none was received. */
  readonly status: number | null
}

/**
 * The error with which this package fails an upload.
 *
 * A status is not an error: a 413 is returned like any response. Errors of undici, of the
 * socket and of the caller's own source are passed on unwrapped.
 */
export class UploadError extends Error {
  override readonly name = 'UploadError'
  /** The machine-readable reason. */
  readonly code: UploadErrorCode
  /** The phase in which the upload failed. */
  phase: UploadPhase = 'connecting'
  /** Bytes of content accepted by the connection of the last attempt that sent content. */
  sentBytes = 0
  /** Which attempt failed, counted from 1; 0 when none had begun. */
  attempt = 0
  /** The final response received before the failure, or `null`. */
  response: { readonly status: number } | null = null

  constructor(code: UploadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /**
   * Adds the phase, the bytes and the attempt, which are not known where the error is thrown.
   * Uploads that wait for the same connection fail with one error object, so every upload after
   * the first gets a copy.
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
