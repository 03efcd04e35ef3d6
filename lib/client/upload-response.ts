import type { ReadableStream } from 'node:stream/web'
import { keepReport } from '../report/reported.ts'
import type { UploadLog } from '../report/upload-log.ts'
import { fixedHeaders } from './fixed-headers.ts'

/** What is known of a response before its content. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly fields: [name: string, value: string][]
  /** Whether the fields cannot be changed. */
  readonly fixesHeaders: boolean
  readonly type: Response['type']
  readonly url: string
  readonly redirected: boolean
  readonly log: UploadLog
}

// What a Response takes (RFC 9112, section 4).
const reasonPhrase = /^[\t\x20-\x7e\x80-\xff]*$/

/** The highest status that a Response of one's own takes; an origin may answer any. */
const highest = 599

type Own = 'url' | 'redirected' | 'type' | 'headers' | 'clone'

// Its type says that these are fields, which no getter or method may take the place of.
type PlainResponse = new (...given: ConstructorParameters<typeof Response>) => Omit<Response, Own>

type UploadResponse = new (content: ReadableStream | null, head: ResponseHead) => Response

let made: UploadResponse | null = null

/** The platform's Response, which by itself says of nobody's but fetch's where it came from. */
export function uploadResponse(content: ReadableStream | null, head: ResponseHead): Response {
  made ??= makeUploadResponse()
  return new made(content, head)
}

/** Made when it is needed: whoever names the platform's Response loads the platform's fetch. */
function makeUploadResponse(): UploadResponse {
  const { clone } = Response.prototype
  const plainHeaders = Object.getOwnPropertyDescriptor(Response.prototype, 'headers')

  return class UploadResponse extends (Response as PlainResponse) implements Pick<Response, Own> {
    readonly #head: ResponseHead
    #fixed: Headers | null = null

    constructor(content: ReadableStream | null, head: ResponseHead) {
      const { status, statusText, fields } = head
      super(content as ConstructorParameters<typeof Response>[0], {
        status: Math.min(status, highest),
        // It says nothing to a client, and is not worth a failure.
        statusText: reasonPhrase.test(statusText) ? statusText : '',
        headers: fields,
      })
      this.#head = head
      keepReport(this as unknown as Response, head.log)
      if (status > highest) Object.defineProperty(this, 'status', { value: status })
    }

    clone(): Response {
      const { body } = clone.call(this)
      const head = { ...this.#head, fields: [...this.headers] }
      return uploadResponse(body as ReadableStream | null, head)
    }

    get headers(): Headers {
      const { fields, fixesHeaders } = this.#head
      if (!fixesHeaders) return plainHeaders?.get?.call(this)
      this.#fixed ??= fixedHeaders(fields)
      return this.#fixed
    }

    get type(): Response['type'] {
      return this.#head.type
    }

    get url(): string {
      return this.#head.url
    }

    get redirected(): boolean {
      return this.#head.redirected
    }
  }
}
