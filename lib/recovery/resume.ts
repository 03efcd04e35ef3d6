import { errors } from '#undici'
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
import { locationOf, resourceHop } from './resume-fields.ts'
import { backoff } from './retry.ts'

const defaults = { attempts: 5, minDelay: 500, maxDelay: 30_000 }

/**
 * Goes on with an upload whose origin said how in a 104 (draft-ietf-httpbis-resumable-upload):
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
 * It decides before the other steps about whatever has to do with the upload resource; one that a new
 * attempt at the first request would leave behind is deleted before.
 */
export class Resumption implements UploadResumption {
  readonly #options: ResumeOptions & typeof defaults
  readonly #upload: Resumable
  #others: RecoveryStep = {}
  /** Requests to the upload resource; `null` as long as it is not known. */
  #resource: HttpRequest | null = null
  #location = ''
  #version = 0
  #limits: Limits = {}
  /** When the upload resource ceases to be, on the clock of `performance.now()`. */
  #expires = Number.POSITIVE_INFINITY
  #acknowledged = 0
  /** How far into the content bytes were handed to the system. */
  #reached = 0
  #tries = 0
  /** Whether the origin has produced the final response, which did not get here. */
  #isComplete = false
  /** What comes after the upload resource was deleted. */
  #then: NextAttempt | Error | null = null

  /** @throws UploadError when the content is not what the token was made for. */
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

  /** The request to begin with, where the upload was begun by somebody else; `null` for its own. */
  get first(): NextAttempt | null {
    return this.#resource === null
      ? null
      : { httpRequest: this.#resource, reason: 'locate', delayMs: 0 }
  }

  /** Has the other steps decide what is left to them. */
  before(others: RecoveryStep): this {
    this.#others = others
    return this
  }

  prepared(httpRequest: HttpRequest): HttpRequest {
    return this.#others.prepared?.(httpRequest) ?? httpRequest
  }

  /** An attempt has handed the content to the system up to here. */
  reached(offset: number): void {
    if (this.#resource !== null) this.#reached = Math.max(this.#reached, offset)
  }

  /**
   * Takes in a 104; answers what is to be done in place of going on.
   *
   * @param reached is how far the attempt has handed the content to the system.
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
    return this.#heed(fields, httpRequest) ?? (offset === null ? null : this.#acknowledge(offset))
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

  /** The content failed; answers what comes before the upload fails with that. */
  spoiled(error: Error): NextAttempt | null {
    const isFinal = error instanceof UploadError || this.#options.onToken === undefined
    return this.#resource !== null && isFinal ? this.#cancel(error) : null
  }

  /** The upload has failed; answers the request that deletes what nobody can go on with. */
  abandoned(error: unknown): HttpRequest | null {
    const { onToken, location } = this.#options
    if (this.#resource === null || onToken !== undefined || location !== undefined) return null
    // Where the origin cannot be reached, that would only keep the process from ending.
    if (error instanceof Error && isInterruption(error)) return null
    return { ...this.#resource, method: 'DELETE' }
  }

  // What an answer means ---------------------------------------------------------------

  /** What to do about an answer; `undefined` leaves that to the other steps. */
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
      return this.#heed(fields, httpRequest) ?? this.#acknowledge(offset) ?? this.#append(offset)
    }
    if (status === 413) {
      this.#learn(fields)
      return this.#shorten(httpRequest) ?? undefined
    }
    const isBehind = status === 409 && parseInteger(fields['upload-offset']) !== null
    if (!isSuccess && !isBehind && !isTemporary(status)) return undefined
    return this.#locateLater(fields) ?? undefined
  }

  /** The decision of the other steps, or what comes before or in place of it. */
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
    if (offset === null) return this.#lose(missing('did not say at which offset it is'))
    const length = parseInteger(fields['upload-length'])
    const { length: own } = this.#upload.content
    if (length !== null && own !== null && length !== own) {
      return this.#cancel(mismatch(`has an upload of ${length} bytes, not of ${own}`))
    }
    const refused = this.#heed(fields, httpRequest) ?? this.#acknowledge(offset)
    if (refused !== null) return refused
    this.#isComplete = parseBoolean(fields['upload-complete']) === true
    // An origin that takes what broke off for all there is has answered for less.
    const { end, untouched } = this.#upload.content
    if (this.#isComplete && offset !== end && !(end === null && untouched))
      return this.#lose(lost())
    // A redirect may have led to where it is now.
    this.#resource = httpRequest
    return this.#append(offset)
  }

  /** The PATCH that goes on at an offset, with as much as the origin takes at once. */
  #append(offset: number): NextAttempt {
    const { content } = this.#upload
    const from = this.#resource as HttpRequest
    if (!content.opensAt(offset)) return this.#cancel(gone())
    const { 'max-append-size': most = Number.POSITIVE_INFINITY, 'min-append-size': least = 1 } =
      this.#limits
    const rest = content.end === null ? null : content.end - offset
    const end = (rest ?? most + 1) > most ? offset + most : null
    // The last part of content that ends nobody knows where may be smaller than any limit.
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

  /** Follows the limits that came with a response. */
  #heed(fields: ResponseFields, httpRequest: HttpRequest): AnswerDecision {
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

  /** Ends a request that is larger than one may be: the rest goes in several. */
  #shorten({ hasContent, part }: HttpRequest): AnswerDecision {
    const { 'max-append-size': most = Number.POSITIVE_INFINITY } = this.#limits
    const { start, end } = part ?? { start: 0, end: null }
    const to = end ?? this.#upload.content.length ?? Number.POSITIVE_INFINITY
    if (!hasContent || to - start <= most) return null
    return this.#locate(0) ?? this.#cancel(overLimit(most))
  }

  /** The origin has processed the content up to here, and will not need it again. */
  #acknowledge(offset: number): AnswerDecision {
    if (offset < this.#acknowledged || offset > this.#reached) {
      const known = `it had acknowledged ${this.#acknowledged} of ${this.#reached} sent`
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
    this.#resource = resourceHop(from, location, version)
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
   * The HEAD that finds out where to go on; `null` where that was tried often enough.
   *
   * @param wanted is how long the origin wants it to be waited for.
   */
  #locate(wanted: number | null): NextAttempt | null {
    const { attempts, maxDelay } = this.#options
    const isLate = performance.now() >= this.#expires
    if (isLate || this.#tries >= attempts || (wanted ?? 0) > maxDelay) return null
    const delayMs = backoff(this.#tries, wanted, this.#options)
    this.#tries += 1
    return { httpRequest: this.#resource as HttpRequest, reason: 'locate', delayMs }
  }

  /** Deletes the upload resource, and then does this, or fails with it. */
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

  /** There is nothing to go on with any more. */
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

/** Whether the same may be answered otherwise later: 423 is that of an upload somebody still writes to. */
function isTemporary(status: number): boolean {
  return status >= 500 || [408, 423, 425, 429].includes(status)
}

const passing = [
  'ERR_EXPECT_PROXY',
  'ERR_EXPECT_STALL_TIMEOUT',
  'ERR_EXPECT_HEADERS_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]

/** Whether a connection ended, or moved no more, and another may do better. */
function isInterruption(error: NodeJS.ErrnoException): boolean {
  // That of an AbortError is a number.
  const code = String(error.code)
  if (isPassing(error) || error instanceof errors.InformationalError) return true
  return passing.includes(code) || code.startsWith('ERR_HTTP2_')
}

function changed(): UploadError {
  const message = 'The content is not what the upload was begun with that is to go on'
  return new UploadError('ERR_EXPECT_FILE_CHANGED', message)
}

function mismatch(what: string): UploadError {
  const message = `The origin ${what}; the upload was cancelled`
  return new UploadError('ERR_EXPECT_RESUME_MISMATCH', message)
}

function missing(what: string): UploadError {
  const message = `The upload cannot go on: its resource ${what}`
  return new UploadError('ERR_EXPECT_RESUME_GONE', message)
}

function lost(): UploadError {
  const message = 'The origin has answered the upload, and the answer is lost'
  return new UploadError('ERR_EXPECT_RESUME_ANSWERED', message)
}
