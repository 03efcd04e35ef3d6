import { errors } from 'undici/index.js'
import { gone, overLimit } from '../content/upload-content.ts'
import { UploadError } from '../errors.ts'
import type { ResponseFields } from '../headers.ts'
import type { ResumeOptions } from '../options/options.ts'
import { interopVersions, type Limits, limitsOf } from '../protocol/resumable-upload.ts'
import { parseRetryAfter } from '../protocol/retry-after.ts'
import { parseBoolean, parseInteger } from '../protocol/structured-fields.ts'
import type { ResumeToken } from '../report/report.ts'
import { definedOf } from '../unknown.ts'
import { type HttpRequest, placeOf } from '../upload/http-request.ts'
import type {
  Answer,
  AnswerDecision,
  Failure,
  NextAttempt,
  RecoveryStep,
  Resumable,
  UploadResumption,
} from '../upload/recovery-step.ts'
import { isPassing } from './failures.ts'
import { locationOf, resourceRequest } from './resume-fields.ts'
import { backoff } from './retry.ts'

const defaults = { attempts: 5, minDelay: 500, maxDelay: 30_000 }

/**
 * Resumes an upload to an origin that sent a 104 (draft-ietf-httpbis-resumable-upload):
 *
 *     > PUT /videos/1   upload-complete: ?1
 *     < 104             location: /uploads/a
 *     < 104             upload-offset: 4000000
 *       (the connection breaks)
 *     > HEAD /uploads/a                              locate
 *     < 204             upload-offset: 5000000
 *     > PATCH /uploads/a  upload-offset: 5000000     resume
 *     < 201             upload-complete: ?1
 *
 * It decides before the other steps about responses and failures of the upload resource. Before the
 * first request is repeated, the upload resource of the last attempt is deleted.
 */
export class Resumption implements UploadResumption {
  readonly #options: ResumeOptions & typeof defaults
  readonly #upload: Resumable
  #others: RecoveryStep = {}
  /** The request to the upload resource, to derive others from; `null` while its URL is unknown. */
  #resource: HttpRequest | null = null
  #location = ''
  #version = 0
  #limits: Limits = {}
  /** When the upload resource expires, on the clock of `performance.now()`. */
  #expires = Number.POSITIVE_INFINITY
  #acknowledged = 0
  /** The offset up to which content was written to a connection. */
  #reached = 0
  #tries = 0
  /** Whether the origin has completed the upload although its final response was not received. */
  #isComplete = false
  /** The decision to carry out after the upload resource was deleted. */
  #then: NextAttempt | Error | null = null

  /** @throws UploadError when the content is not the one that the token was made for. */
  constructor(options: ResumeOptions, upload: Resumable) {
    this.#options = { ...defaults, ...definedOf(options) }
    this.#upload = upload
    const { location, offset = 0, length = null, version, revision } = options
    if (location === undefined) return
    const { content, httpRequest } = upload
    const isOther = revision !== undefined && upload.revision !== revision
    if (isOther || (length !== null && content.length !== null && length !== content.length)) {
      throw changed()
    }
    this.#acknowledged = offset
    this.#reached = content.length ?? Number.POSITIVE_INFINITY
    this.#find(new URL(location), httpRequest, version ?? (interopVersions[0] as number))
  }

  /** The attempt to begin with when a token is given; `null` otherwise. */
  get first(): NextAttempt | null {
    return this.#resource === null
      ? null
      : { httpRequest: this.#resource, reason: 'locate', delayMs: 0 }
  }

  /** Sets the steps that decide after this one. */
  before(others: RecoveryStep): this {
    this.#others = others
    return this
  }

  prepared(httpRequest: HttpRequest): HttpRequest {
    return this.#others.prepared?.(httpRequest) ?? httpRequest
  }

  /** An attempt wrote the content up to this offset. */
  reached(offset: number): void {
    if (this.#resource !== null) this.#reached = Math.max(this.#reached, offset)
  }

  /**
   * Handles a 104. Returns what to do instead of continuing the attempt; `null` to continue.
   *
   * @param reached is the offset up to which the attempt wrote the content.
   */
  interim(fields: ResponseFields, httpRequest: HttpRequest, reached: number): AnswerDecision {
    const version = parseInteger(fields['upload-draft-interop-version'])
    if (version === null || !interopVersions.includes(version)) return null
    const location = locationOf(fields, httpRequest, this.#upload.allowInsecureRedirect)
    if (this.#resource === null) {
      if (location === null || httpRequest.part !== undefined) return null
      this.#find(location, httpRequest, version)
    } else if (location !== null && location.href !== this.#location) {
      return this.#cancel(mismatch(`changed the Location of the upload to ${placeOf(httpRequest)}`))
    }
    this.reached(reached)
    const offset = parseInteger(fields['upload-offset'])
    return (
      this.#applyLimits(fields, httpRequest) ?? (offset === null ? null : this.#acknowledge(offset))
    )
  }

  answered(answer: Answer): AnswerDecision | Promise<AnswerDecision> {
    const own = this.#resource === null ? undefined : this.#own(answer)
    if (own !== undefined) return own
    const others = this.#others.answered?.(answer) ?? null
    if (!(others instanceof Promise)) return this.#instead(answer, others)
    return others.then((decided) => this.#instead(answer, decided))
  }

  failed(failure: Failure): AnswerDecision {
    const { httpRequest, error } = failure
    if (isCancelling(httpRequest)) return this.#cancelled()
    if (this.#resource === null) return this.#others.failed?.(failure) ?? null
    return isInterruption(error) ? (this.#locate(null) ?? error) : error
  }

  /** The content failed. Returns the attempt to make before the upload fails with that error. */
  spoiled(error: Error): NextAttempt | null {
    const isFinal = error instanceof UploadError || this.#options.onToken === undefined
    return this.#resource !== null && isFinal ? this.#cancel(error) : null
  }

  /** The upload failed. Returns the request that deletes an upload that cannot be resumed. */
  abandoned(error: unknown): HttpRequest | null {
    const { onToken, location } = this.#options
    if (this.#resource === null || onToken !== undefined || location !== undefined) return null
    // When the origin cannot be reached, this request only keeps the process running.
    if (error instanceof Error && isInterruption(error)) return null
    return { ...this.#resource, method: 'DELETE' }
  }

  // Responses --------------------------------------------------------------------------

  /** What to do about a response; `undefined` leaves the decision to the other steps. */
  #own(answer: Answer): AnswerDecision | undefined {
    const { status, fields, httpRequest, complete } = answer
    if (isCancelling(httpRequest)) return undefined
    const isSuccess = status >= 200 && status < 300
    if (isLocating(httpRequest)) {
      if (isSuccess) return this.#located(answer)
      return isTemporary(status) ? (this.#locateLater(fields) ?? undefined) : undefined
    }
    const flag = parseBoolean(fields['upload-complete'])
    const isWhole = httpRequest.part === undefined || (complete && httpRequest.part.end === null)
    if (flag === true || (isSuccess && flag === null && isWhole)) {
      const { content, log } = this.#upload
      if (isSuccess && complete) log.acknowledged = content.end
      this.#forget()
      return isSuccess ? null : undefined
    }
    if (isSuccess && complete && httpRequest.part?.end) {
      const { start } = httpRequest.part
      const offset = parseInteger(fields['upload-offset']) ?? start + answer.attempt.sentBytes
      return (
        this.#applyLimits(fields, httpRequest) ?? this.#acknowledge(offset) ?? this.#append(offset)
      )
    }
    if (status === 413) {
      this.#learn(fields)
      return this.#shorten(httpRequest) ?? undefined
    }
    const isBehind = status === 409 && parseInteger(fields['upload-offset']) !== null
    if (!isSuccess && !isBehind && !isTemporary(status)) return undefined
    return this.#locateLater(fields) ?? undefined
  }

  /** The decision of the other steps, or the attempt that has to come before or instead of it. */
  #instead({ status, httpRequest }: Answer, decided: AnswerDecision): AnswerDecision {
    const next = decided instanceof Error ? null : decided
    if (isCancelling(httpRequest))
      return next?.httpRequest.part === undefined ? this.#cancelled() : next
    if (this.#resource === null || decided instanceof Error) return decided
    if (next === null) {
      if (isLocating(httpRequest)) {
        const error = missing(`answered ${status}`)
        return isTemporary(status) ? error : this.#lose(error)
      }
      if (this.#isComplete) return this.#lose(lost())
      if (status >= 400 && status < 500 && !isTemporary(status)) this.#forget()
      return null
    }
    return next.httpRequest.part === undefined ? this.#cancel(next) : next
  }

  #located({ fields, httpRequest }: Answer): AnswerDecision {
    const offset = parseInteger(fields['upload-offset'])
    if (offset === null) return this.#lose(missing('sent no Upload-Offset'))
    const length = parseInteger(fields['upload-length'])
    const { length: own } = this.#upload.content
    if (length !== null && own !== null && length !== own) {
      return this.#cancel(mismatch(`has an upload of ${length} bytes, not of ${own}`))
    }
    const refused = this.#applyLimits(fields, httpRequest) ?? this.#acknowledge(offset)
    if (refused !== null) return refused
    this.#isComplete = parseBoolean(fields['upload-complete']) === true
    // An origin may treat interrupted content as complete; its response is then not for all of it.
    const { end, untouched } = this.#upload.content
    if (this.#isComplete && offset !== end && !(end === null && untouched))
      return this.#lose(lost())
    // A redirect may have changed the URL of the upload resource.
    this.#resource = httpRequest
    return this.#append(offset)
  }

  /** The PATCH that sends the content from an offset on, up to the origin's `max-append-size`. */
  #append(offset: number): NextAttempt {
    const { content } = this.#upload
    const from = this.#resource as HttpRequest
    if (!content.opensAt(offset)) return this.#cancel(gone())
    const { 'max-append-size': most = Number.POSITIVE_INFINITY, 'min-append-size': least = 1 } =
      this.#limits
    const rest = content.end === null ? null : content.end - offset
    const end = (rest ?? most + 1) > most ? offset + most : null
    // The last part of content of unknown length may be smaller than the limit.
    const smallest = content.length === null ? 1 : most
    if (end !== null && smallest < least) return this.#cancel(overLimit(most))
    const headers = [...from.headers, 'content-type', 'application/partial-upload']
    headers.push('upload-offset', String(offset), 'upload-complete', end === null ? '?1' : '?0')
    const part = { start: offset, end }
    const size = content.lengthOf(part) ?? 0
    if (size > 0) headers.push('content-length', String(size))
    else if (content.end !== null) headers.push('upload-length', String(content.end))
    const hasContent = rest !== 0 && !this.#isComplete
    return {
      httpRequest: { ...from, method: 'PATCH', headers, hasContent, part },
      reason: 'resume',
      delayMs: 0,
    }
  }

  /** Applies the limits of a response. */
  #applyLimits(fields: ResponseFields, httpRequest: HttpRequest): AnswerDecision {
    this.#learn(fields)
    const { content } = this.#upload
    if ((content.length ?? 0) > content.limit) return this.#cancel(overLimit(content.limit))
    return this.#shorten(httpRequest)
  }

  #learn(fields: ResponseFields): void {
    const limits = limitsOf(fields['upload-limit'])
    const age = limits['max-age']
    if (age !== undefined) this.#expires = performance.now() + age * 1000
    this.#limits = { ...this.#limits, ...limits }
    this.#upload.content.limit = this.#limits['max-size'] ?? Number.POSITIVE_INFINITY
  }

  /** Ends a request that exceeds `max-append-size`. The rest is sent in several requests. */
  #shorten({ hasContent, part }: HttpRequest): AnswerDecision {
    const { 'max-append-size': most = Number.POSITIVE_INFINITY } = this.#limits
    const { start, end } = part ?? { start: 0, end: null }
    const to = end ?? this.#upload.content.length ?? Number.POSITIVE_INFINITY
    if (!hasContent || to - start <= most) return null
    return this.#locate(0) ?? this.#cancel(overLimit(most))
  }

  /** The origin has processed the content up to this offset, so that it need not be sent again. */
  #acknowledge(offset: number): AnswerDecision {
    if (offset < this.#acknowledged || offset > this.#reached) {
      const known = `it acknowledged ${this.#acknowledged} bytes before, and ${this.#reached} were sent`
      return this.#cancel(mismatch(`is at offset ${offset}, but ${known}`))
    }
    if (offset > this.#acknowledged) this.#tries = 0
    this.#acknowledged = offset
    this.#upload.content.acknowledge(offset)
    this.#upload.log.acknowledged = offset
    this.#upload.log.resume = this.#token
    return null
  }

  // The upload resource ----------------------------------------------------------------

  #find(location: URL, from: HttpRequest, version: number): void {
    this.#resource = resourceRequest(from, location, version)
    this.#location = location.href
    this.#version = version
    this.#upload.log.resume = this.#token
    this.#options.onToken?.(this.#token)
  }

  get #token(): ResumeToken {
    const { content, revision } = this.#upload
    const place = { location: this.#location, offset: this.#acknowledged, length: content.length }
    return { ...place, version: this.#version, ...(revision !== undefined && { revision }) }
  }

  #locateLater(fields: ResponseFields): NextAttempt | Error | null {
    return this.#locate(parseRetryAfter(fields['retry-after'], Date.now()))
  }

  /**
   * The HEAD that asks for the offset; `null` after too many tries.
   *
   * @param wanted is the delay in milliseconds from `Retry-After`, or `null`.
   */
  #locate(wanted: number | null): NextAttempt | null {
    const { attempts, maxDelay } = this.#options
    const isLate = performance.now() >= this.#expires
    if (isLate || this.#tries >= attempts || (wanted ?? 0) > maxDelay) return null
    const delayMs = backoff(this.#tries, wanted, this.#options)
    this.#tries += 1
    return { httpRequest: this.#resource as HttpRequest, reason: 'locate', delayMs }
  }

  /** Deletes the upload resource, and then makes this attempt or fails with this error. */
  #cancel(then: NextAttempt | Error): NextAttempt {
    this.#then = then
    const httpRequest: HttpRequest = { ...(this.#resource as HttpRequest), method: 'DELETE' }
    return { httpRequest, reason: 'cancel', delayMs: 0 }
  }

  #cancelled(): AnswerDecision {
    this.#forget()
    return this.#then
  }

  #lose(error: UploadError): UploadError {
    this.#forget()
    return error
  }

  /** The upload can no longer be resumed. */
  #forget(): void {
    const { content, log } = this.#upload
    this.#resource = null
    this.#limits = {}
    this.#expires = Number.POSITIVE_INFINITY
    this.#acknowledged = 0
    this.#reached = 0
    this.#isComplete = false
    content.limit = Number.POSITIVE_INFINITY
    log.resume = null
    this.#options.onToken?.(null)
  }
}

function isLocating({ method, part }: HttpRequest): boolean {
  return method === 'HEAD' && part !== undefined
}

function isCancelling({ method, part }: HttpRequest): boolean {
  return method === 'DELETE' && part !== undefined
}

/** Whether a status is temporary. A 423 means that another request still writes to the upload. */
function isTemporary(status: number): boolean {
  return status >= 500 || [408, 423, 425, 429].includes(status)
}

const passing = [
  'ERR_EXPECT_PROXY',
  'ERR_EXPECT_STALL_TIMEOUT',
  'ERR_EXPECT_HEADERS_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]

/** Whether a connection broke or stalled, so that another one may succeed. */
function isInterruption(error: NodeJS.ErrnoException): boolean {
  // The code of an AbortError is a number.
  const code = String(error.code)
  if (isPassing(error) || error instanceof errors.InformationalError) return true
  return passing.includes(code) || code.startsWith('ERR_HTTP2_')
}

function changed(): UploadError {
  const message = 'The content is not the one that the upload to resume was started with'
  return new UploadError('ERR_EXPECT_FILE_CHANGED', message)
}

function mismatch(what: string): UploadError {
  const message = `The origin ${what}; the upload was cancelled`
  return new UploadError('ERR_EXPECT_RESUME_MISMATCH', message)
}

function missing(what: string): UploadError {
  const message = `The upload cannot be resumed: the origin ${what}`
  return new UploadError('ERR_EXPECT_RESUME_GONE', message)
}

function lost(): UploadError {
  const message =
    'The origin completed the upload, but its response was lost; check the result with another request'
  return new UploadError('ERR_EXPECT_RESUME_ANSWERED', message)
}
