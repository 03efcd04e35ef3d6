import type { ReadableStream } from 'node:stream/web'
import { keepReport } from '../report/reported.ts'
import type { UploadLog } from '../report/upload-log.ts'

export interface UploadResponseInit {
  readonly status: number
  readonly statusText: string
  readonly fields: [name: string, value: string][]
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

type Changing = 'append' | 'delete' | 'set'

// The platform's types declare these as properties, which a subclass cannot override by methods and accessors.
type PlainHeaders = new (...given: ConstructorParameters<typeof Headers>) => Omit<Headers, Changing>
type PlainResponse = new (...given: ConstructorParameters<typeof Response>) => Omit<Response, Own>

type UploadResponse = new (content: ReadableStream | null, head: UploadResponseInit) => Response

let made: UploadResponse | null = null

/** A Response with `url`, `redirected` and `type`, which `new Response()` cannot set. */
export function uploadResponse(content: ReadableStream | null, head: UploadResponseInit): Response {
  made ??= makeUploadResponse()
  return new made(content, head)
}

/** Called on first use, because reading the globals `Response` and `Headers` loads the platform's fetch. */
function makeUploadResponse(): UploadResponse {
  /** As in a response of fetch (guard `immutable`). */
  class FixedHeaders extends (Headers as PlainHeaders) implements Pick<Headers, Changing> {
    append(): never {
      throw new TypeError('immutable')
    }

    delete(): never {
      throw new TypeError('immutable')
    }

    set(): never {
      throw new TypeError('immutable')
    }
  }

  const { clone } = Response.prototype
  const plainHeaders = Object.getOwnPropertyDescriptor(Response.prototype, 'headers')

  return class UploadResponse extends (Response as PlainResponse) implements Pick<Response, Own> {
    readonly #head: UploadResponseInit
    #fixed: FixedHeaders | null = null

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
      this.#fixed ??= new FixedHeaders(this.#head.fields)
      return this.#fixed as Headers
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
