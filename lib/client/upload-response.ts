import type { ReadableStream } from 'node:stream/web'
import { keepReport } from '../report/reported.ts'
import type { UploadLog } from '../report/upload-log.ts'
import { fixedHeaders } from './fixed-headers.ts'

/** A response without its content. */
export interface UploadResponseInit {
  readonly status: number
  readonly statusText: string
  readonly fields: [name: string, value: string][]
  /** Whether the fields are immutable. */
  readonly fixesHeaders: boolean
  readonly type: Response['type']
  readonly url: string
  readonly redirected: boolean
  readonly log: UploadLog
}

// What `new Response()` accepts (RFC 9112, section 4).
const reasonPhrase = /^[\t\x20-\x7e\x80-\xff]*$/

/** The highest status that `new Response()` accepts; origins may send higher ones. */
const highest = 599

type Own = 'url' | 'redirected' | 'type' | 'headers' | 'clone'

// The platform's type declares these as properties, which a subclass cannot override by accessors.
type PlainResponse = new (...given: ConstructorParameters<typeof Response>) => Omit<Response, Own>

type UploadResponse = new (content: ReadableStream | null, head: UploadResponseInit) => Response

let made: UploadResponse | null = null

/** A Response with `url`, `redirected` and `type`, which `new Response()` cannot set. */
export function uploadResponse(content: ReadableStream | null, head: UploadResponseInit): Response {
  made ??= makeUploadResponse()
  return new made(content, head)
}

/** Called on first use, because reading the global `Response` loads the platform's fetch. */
function makeUploadResponse(): UploadResponse {
  const { clone } = Response.prototype
  const plainHeaders = Object.getOwnPropertyDescriptor(Response.prototype, 'headers')

  return class UploadResponse extends (Response as PlainResponse) implements Pick<Response, Own> {
    readonly #head: UploadResponseInit
    #fixed: Headers | null = null

    constructor(content: ReadableStream | null, head: UploadResponseInit) {
      const { status, statusText, fields } = head
      super(content as ConstructorParameters<typeof Response>[0], {
        status: Math.min(status, highest),
        // The reason phrase has no meaning (RFC 9112, section 4), so a bad one is dropped.
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
      // nock and msw replace Response by one that reads the headers in its constructor.
      if (!(#head in this && this.#head.fixesHeaders)) return plainHeaders?.get?.call(this)
      this.#fixed ??= fixedHeaders(this.#head.fields)
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
