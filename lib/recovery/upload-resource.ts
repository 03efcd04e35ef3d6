import { contentGone, overLimit } from '../content/content-errors.ts'
import type { UploadError } from '../errors.ts'
import type { ResponseFields } from '../headers.ts'
import { type Limits, limitsOf } from '../protocol/resumable-upload.ts'
import type { ResumeToken } from '../report/report.ts'
import type { HttpRequest } from '../upload/http-request.ts'
import type { NextAttempt, Resumable } from '../upload/recovery-step.ts'
import { mismatch } from './resume-failures.ts'
import { resourceRequest } from './resume-fields.ts'

/** What is known of an upload at the origin: its URL, its limits and its offset; and the requests to it. */
export class UploadResource {
  readonly location: string
  /** The request from which others are derived. A redirect changes it. */
  httpRequest: HttpRequest
  /** Whether the origin has completed the upload although its final response was not received. */
  isComplete = false
  /** The offset that the origin last acknowledged. */
  acknowledged: number
  readonly #upload: Resumable
  readonly #version: number
  #limits: Limits = {}
  /** When it expires, on the clock of `performance.now()`. */
  #expires = Number.POSITIVE_INFINITY
  /** The offset up to which content was written to a connection. */
  #reached: number

  /**
   * @param acknowledged is an offset that the origin acknowledged to an earlier process.
   * @param reached is the offset up to which content may have been written then.
   */
  constructor(
    upload: Resumable,
    location: URL,
    from: HttpRequest,
    version: number,
    acknowledged = 0,
    reached = 0,
  ) {
    this.#upload = upload
    this.httpRequest = resourceRequest(from, location, version)
    this.location = location.href
    this.#version = version
    this.acknowledged = acknowledged
    this.#reached = reached
  }

  reached(offset: number): void {
    this.#reached = Math.max(this.#reached, offset)
  }

  get isExpired(): boolean {
    return performance.now() >= this.#expires
  }

  /** The largest part that the origin accepts in one request. */
  get maxAppendSize(): number {
    return this.#limits['max-append-size'] ?? Number.POSITIVE_INFINITY
  }

  learn(fields: ResponseFields): void {
    const limits = limitsOf(fields['upload-limit'])
    const age = limits['max-age']
    if (age !== undefined) this.#expires = performance.now() + age * 1000
    this.#limits = { ...this.#limits, ...limits }
    this.#upload.content.limit = this.#limits['max-size'] ?? Number.POSITIVE_INFINITY
  }

  /**
   * The origin has processed the content up to this offset, so that it need not be sent again. Returns
   * an error for an offset that cannot be.
   */
  acknowledge(offset: number): UploadError | null {
    if (offset < this.acknowledged || offset > this.#reached) {
      const known = `it acknowledged ${this.acknowledged} bytes before, and at most ${this.#reached} were sent`
      return mismatch(`is at offset ${offset}, but ${known}`)
    }
    const { content, log } = this.#upload
    this.acknowledged = offset
    content.acknowledge(offset)
    log.acknowledged = offset
    log.resume = this.token
    return null
  }

  get token(): ResumeToken {
    const { content, revision } = this.#upload
    const place = { location: this.location, offset: this.acknowledged, length: content.length }
    return { ...place, version: this.#version, ...(revision !== undefined && { revision }) }
  }

  /** The PATCH that sends the content from an offset on, up to `max-append-size`, or why there is none. */
  append(offset: number): NextAttempt | UploadError {
    const { content } = this.#upload
    if (!content.opensAt(offset)) return contentGone()
    const max = this.maxAppendSize
    // A part without content would be followed by others without end.
    const min = Math.max(1, this.#limits['min-append-size'] ?? 1)
    const rest = content.end === null ? null : content.end - offset
    const end = (rest ?? max + 1) > max ? offset + max : null
    // The last part of content of unknown length may be smaller than the limit.
    const smallest = content.length === null ? Math.min(1, max) : max
    if (end !== null && smallest < min) return overLimit(max)
    const headers = [...this.httpRequest.headers, 'content-type', 'application/partial-upload']
    headers.push('upload-offset', String(offset), 'upload-complete', end === null ? '?1' : '?0')
    const part = { start: offset, end }
    const size = content.lengthOf(part) ?? 0
    if (size > 0) headers.push('content-length', String(size))
    else if (content.end !== null) headers.push('upload-length', String(content.end))
    const hasContent = rest !== 0 && !this.isComplete
    return {
      httpRequest: { ...this.httpRequest, method: 'PATCH', headers, hasContent, part },
      reason: 'resume',
      delayMs: 0,
    }
  }

  get deletion(): HttpRequest {
    return { ...this.httpRequest, method: 'DELETE' }
  }
}

export function isLocating({ method, part }: HttpRequest): boolean {
  return method === 'HEAD' && part !== undefined
}

export function isCancelling({ method, part }: HttpRequest): boolean {
  return method === 'DELETE' && part !== undefined
}

/** Whether a request sends a part of the content that is not the last one. */
export function isInner({ part }: HttpRequest): boolean {
  return part !== undefined && part.end !== null && part.end > part.start
}
