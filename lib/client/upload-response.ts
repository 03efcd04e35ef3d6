import type { ReadableStream } from 'node:stream/web'

/** What is known of a response before its content. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly url: string
  readonly redirected: boolean
}

// What a Response takes (RFC 9112, section 4).
const reasonPhrase = /^[\t\x20-\x7e\x80-\xff]*$/

/** The highest status that a Response of one's own takes; an origin may answer any. */
const highest = 599

type Own = 'url' | 'redirected' | 'clone'

// Its type says that these are fields, which no getter or method may take the place of.
const PlainResponse: new (...given: ConstructorParameters<typeof Response>) => Omit<Response, Own> =
  Response

/** The platform's Response, which by itself says of nobody's but fetch's where it came from. */
export class UploadResponse extends PlainResponse implements Pick<Response, Own> {
  readonly #head: ResponseHead

  constructor(content: ReadableStream | null, head: ResponseHead) {
    const { status, statusText, headers } = head
    super(content as ConstructorParameters<typeof Response>[0], {
      status: Math.min(status, highest),
      // It says nothing to a client, and is not worth a failure.
      statusText: reasonPhrase.test(statusText) ? statusText : '',
      headers,
    })
    this.#head = head
    if (status > highest) Object.defineProperty(this, 'status', { value: status })
  }

  clone(): Response {
    const { body } = Response.prototype.clone.call(this)
    return new UploadResponse(body as ReadableStream | null, this.#head)
  }

  get url(): string {
    return this.#head.url
  }

  get redirected(): boolean {
    return this.#head.redirected
  }
}
