import { overLimit } from '../content/content-errors.ts'
import { UploadError } from '../errors.ts'
import type { ResponseFields } from '../headers.ts'
import type { ResumeOptions } from '../options/options.ts'
import { interopVersions } from '../protocol/resumable-upload.ts'
import { parseRetryAfter } from '../protocol/retry-after.ts'
import { parseBoolean, parseInteger } from '../protocol/structured-fields.ts'
import { definedOf } from '../unknown.ts'
import type { HttpRequest } from '../upload/http-request.ts'
import type {
  Answer,
  AnswerDecision,
  Failure,
  NextAttempt,
  RecoveryStep,
  Resumable,
  UploadResumption,
} from '../upload/recovery-step.ts'
import {
  changed,
  denied,
  different,
  isDenied,
  isInterruption,
  isTemporary,
  lost,
  mismatch,
  missing,
} from './resume-failures.ts'
import { digestIn, locationOf, wantingDigest } from './resume-fields.ts'
import { backoff } from './retry.ts'
import { isCancelling, isInner, isLocating, UploadResource } from './upload-resource.ts'

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
  /** The upload resource; `null` while its URL is unknown. */
  #resource: UploadResource | null = null
  #tries = 0
  #afterDeletion: NextAttempt | Error | null = null

  constructor(options: ResumeOptions, upload: Resumable) {
    this.#options = { ...defaults, ...definedOf(options) }
    this.#upload = upload
    const { location, offset = 0, length = null, version, revision, digest } = options
    if (location === undefined) return
    const { content } = upload
    const httpRequest = wantingDigest(upload.httpRequest, digest)
    const isOther = revision !== undefined && upload.revision !== revision
    if (isOther || (length !== null && content.length !== null && length !== content.length)) {
      throw changed()
    }
    const known = version ?? (interopVersions[0] as number)
    const reached = content.length ?? Number.POSITIVE_INFINITY
    this.#find(new UploadResource(upload, new URL(location), httpRequest, known, offset, reached))
  }

  get first(): NextAttempt | null {
    return this.#resource === null
      ? null
      : { httpRequest: this.#resource.httpRequest, reason: 'locate', delayMs: 0 }
  }

  get failure(): Error | null {
    return this.#afterDeletion instanceof Error ? this.#afterDeletion : null
  }

  before(others: RecoveryStep): this {
    this.#others = others
    return this
  }

  prepared(httpRequest: HttpRequest): HttpRequest {
    return this.#others.prepared?.(httpRequest) ?? httpRequest
  }

  reached(offset: number): void {
    this.#resource?.reached(offset)
  }

  interim(fields: ResponseFields, httpRequest: HttpRequest, reached: number): AnswerDecision {
    const version = parseInteger(fields['upload-draft-interop-version'])
    if (version === null || !interopVersions.includes(version)) return null
    const location = locationOf(fields, httpRequest, this.#upload.allowInsecureRedirect)
    if (this.#resource === null) {
      if (location === null || httpRequest.part !== undefined) return null
      this.#find(new UploadResource(this.#upload, location, httpRequest, version))
    } else if (location !== null && location.href !== this.#resource.location) {
      // The query is left out, because it may contain credentials.
      const place = location.origin + location.pathname
      return this.#cancel(mismatch(`changed the Location of the upload to ${place}`))
    }
    this.reached(reached)
    const offset = parseInteger(fields['upload-offset'])
    return (
      this.#applyLimits(fields, httpRequest) ?? (offset === null ? null : this.#acknowledge(offset))
    )
  }

  answered(answer: Answer): AnswerDecision | Promise<AnswerDecision> {
    const different = this.#compare(answer)
    if (different !== null) return this.#lose(different)
    const own = this.#resource === null ? undefined : this.#own(answer, this.#resource)
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

  contentFailed(error: Error): NextAttempt | null {
    const { onToken, location } = this.#options
    if (location !== undefined) return null
    const isFinal = error instanceof UploadError || onToken === undefined
    const next = isFinal ? this.#cancel(error) : null
    return next instanceof Error ? null : next
  }

  abandoned(error: unknown): HttpRequest | null {
    const { onToken, location } = this.#options
    if (this.#resource === null || onToken !== undefined || location !== undefined) return null
    // When the origin cannot be reached, this request only keeps the process running.
    if (error instanceof Error && isInterruption(error)) return null
    return this.#resource.deletion
  }

  /** Compares the digest in a successful response with that of the content. */
  #compare({ status, fields, httpRequest, complete }: Answer): UploadError | null {
    const { digest: algorithm } = this.#options
    const { content, log } = this.#upload
    if (algorithm === undefined || status < 200 || status > 299 || !complete) return null
    // After a part that is not the last one, the field describes what the origin has so far.
    if (isLocating(httpRequest) || isCancelling(httpRequest) || isInner(httpRequest)) return null
    // Without resumption the field describes the content of the response.
    const isOfUpload = parseBoolean(fields['upload-complete']) ?? this.#resource !== null
    if (!isOfUpload) return null
    const found = digestIn(fields['repr-digest'], algorithm)
    const own = content.digest
    if (found === null || own === null) return null
    if (!own.equals(found)) return different(algorithm)
    log.digest = `${algorithm}=:${own.toString('base64')}:`
    return null
  }

  /** What to do about a response; `undefined` leaves the decision to the other steps. */
  #own(answer: Answer, resource: UploadResource): AnswerDecision | undefined {
    const { status, fields, httpRequest, complete } = answer
    if (isCancelling(httpRequest)) return undefined
    const isSuccess = status >= 200 && status < 300
    if (isLocating(httpRequest)) {
      if (isSuccess) return this.#located(answer, resource)
      return isTemporary(status) ? this.#again(answer) : undefined
    }
    const flag = parseBoolean(fields['upload-complete'])
    if (isSuccess && flag === true && isInner(httpRequest)) {
      return this.#cancel(mismatch('completed the upload before it had all of the content'))
    }
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
      const refused = this.#applyLimits(fields, httpRequest) ?? this.#acknowledge(offset)
      if (refused !== null) return refused
      return offset > start ? this.#append(offset) : this.#again(answer)
    }
    if (status === 413) {
      resource.learn(fields)
      return this.#shorten(httpRequest) ?? undefined
    }
    const isBehind = status === 409 && parseInteger(fields['upload-offset']) !== null
    if (!isSuccess && !isBehind && !isTemporary(status)) return undefined
    return this.#again(answer)
  }

  /** Asks for the offset again, or ends the upload after too many tries: no other step tries again. */
  #again(answer: Answer): AnswerDecision {
    const { status, fields } = answer
    const next = this.#locate(parseRetryAfter(fields['retry-after'], Date.now()))
    if (next !== null || status >= 300) return next ?? this.#instead(answer, null)
    // Callers would take a success for that of the upload.
    return missing(`answered ${status}, which does not complete it`)
  }

  /** The decision of the other steps, or the attempt that has to come before or instead of it. */
  #instead({ status, httpRequest }: Answer, decided: AnswerDecision): AnswerDecision {
    const next = decided instanceof Error ? null : decided
    if (isCancelling(httpRequest))
      return next?.httpRequest.part === undefined ? this.#cancelled() : next
    if (this.#resource === null || decided instanceof Error) return decided
    if (next === null) {
      const isOpen = httpRequest.part !== undefined && !this.#resource.isComplete
      if (isOpen && isDenied(status)) {
        // Another call may resume the upload with other credentials; with these ones it cannot even be deleted.
        this.#resource = null
        return isLocating(httpRequest) ? denied(status) : null
      }
      if (isLocating(httpRequest)) {
        const error = missing(`answered ${status}`)
        return isTemporary(status) ? error : this.#lose(error)
      }
      if (this.#resource.isComplete) return this.#lose(lost())
      if (status >= 400 && status < 500 && !isTemporary(status)) this.#forget()
      return null
    }
    return next.httpRequest.part === undefined ? this.#cancel(next) : next
  }

  #located({ fields, httpRequest }: Answer, resource: UploadResource): AnswerDecision {
    const offset = parseInteger(fields['upload-offset'])
    if (offset === null) return this.#lose(missing('sent no Upload-Offset'))
    const length = parseInteger(fields['upload-length'])
    const { length: own } = this.#upload.content
    if (length !== null && own !== null && length !== own) {
      return this.#cancel(mismatch(`has an upload of ${length} bytes, not of ${own}`))
    }
    const refused = this.#applyLimits(fields, httpRequest) ?? this.#acknowledge(offset)
    if (refused !== null) return refused
    resource.isComplete = parseBoolean(fields['upload-complete']) === true
    // An origin may treat interrupted content as complete; its response is then not for all of it.
    const { end, isUnread } = this.#upload.content
    if (resource.isComplete && offset !== end && !(end === null && isUnread))
      return this.#lose(lost())
    // A redirect may have changed the URL of the upload resource.
    resource.httpRequest = httpRequest
    return this.#append(offset)
  }

  #applyLimits(fields: ResponseFields, httpRequest: HttpRequest): AnswerDecision {
    this.#resource?.learn(fields)
    const { content } = this.#upload
    if ((content.length ?? 0) > content.limit) return this.#cancel(overLimit(content.limit))
    return this.#shorten(httpRequest)
  }

  /** Ends a request that exceeds `max-append-size`. The rest is sent in several requests. */
  #shorten({ hasContent, part }: HttpRequest): AnswerDecision {
    const max = this.#resource?.maxAppendSize ?? Number.POSITIVE_INFINITY
    const { start, end } = part ?? { start: 0, end: null }
    const to = end ?? this.#upload.content.length ?? Number.POSITIVE_INFINITY
    if (!hasContent || to - start <= max) return null
    return this.#locate(0) ?? this.#cancel(overLimit(max))
  }

  #acknowledge(offset: number): AnswerDecision {
    const resource = this.#resource
    if (resource === null) return null
    const before = resource.acknowledged
    const error = resource.acknowledge(offset)
    if (error !== null) return this.#cancel(error)
    if (offset > before) this.#tries = 0
    return null
  }

  #find(resource: UploadResource): void {
    const { token } = resource
    this.#resource = resource
    this.#upload.log.resume = token
    this.#options.onToken?.(token)
  }

  #append(offset: number): AnswerDecision {
    const next = this.#resource?.append(offset) ?? null
    return next instanceof Error ? this.#cancel(next) : next
  }

  /** The HEAD that asks for the offset; `null` after too many tries. */
  #locate(retryAfterMs: number | null): NextAttempt | null {
    const { attempts, maxDelay } = this.#options
    const resource = this.#resource
    if (resource === null || resource.isExpired) return null
    if (this.#tries >= attempts || (retryAfterMs ?? 0) > maxDelay) return null
    const delayMs = backoff(this.#tries, retryAfterMs, this.#options)
    this.#tries += 1
    return { httpRequest: resource.httpRequest, reason: 'locate', delayMs }
  }

  /** Deletes the upload resource, and then makes this attempt or fails with this error. */
  #cancel(then: NextAttempt | Error): NextAttempt | Error {
    if (this.#resource === null) return then
    // A token may be that of another upload.
    if (this.#options.location !== undefined && then instanceof Error) return this.#lose(then)
    this.#afterDeletion = then
    return { httpRequest: this.#resource.deletion, reason: 'cancel', delayMs: 0 }
  }

  #cancelled(): AnswerDecision {
    this.#forget()
    return this.#afterDeletion
  }

  #lose(error: Error): Error {
    this.#forget()
    return error
  }

  #forget(): void {
    const { content, log } = this.#upload
    this.#resource = null
    content.limit = Number.POSITIVE_INFINITY
    log.resume = null
    this.#options.onToken?.(null)
  }
}
